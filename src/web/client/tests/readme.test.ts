import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const web = fileURLToPath(new URL("../../", import.meta.url));
const parts = ["index", "node", "key-value", "push", "widget"];
const sources = [...parts.map((part) => `client/src/${part}.ts`), "react/src/index.ts"];
const program = ts.createProgram(
  sources.map((file) => web + file),
  {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["source"],
    allowImportingTsExtensions: true,
    noEmit: true,
    jsx: ts.JsxEmit.ReactJSX,
    strict: true,
    types: [],
  },
);
const checker = program.getTypeChecker();

function exportsOf(file: string): ts.Symbol[] {
  const source = program.getSourceFile(web + file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} exports nothing.`);
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => !isTypeOnly(symbol))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

function isTypeOnly(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (declaration) => ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly),
  );
}

/** What a program can use; types are told by what they are of. */
function valuesOf(file: string): string[] {
  return exportsOf(file)
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Value)
    .map((symbol) => symbol.name)
    .sort();
}

function membersOf(name: string): { stores: string[]; methods: string[] } {
  const symbol = exportsOf("client/src/index.ts").find((each) => each.name === name);
  if (!symbol) throw new Error(`There is no ${name}.`);
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  const isMethod = (member: ts.Symbol) => checker.getTypeOfSymbol(member).getCallSignatures().length > 0;
  const names = (these: ts.Symbol[]) => these.map((member) => member.name).sort();
  return { stores: names(members.filter((member) => !isMethod(member))), methods: names(members.filter(isMethod)) };
}

function sectionOf(readme: string, heading: string): string {
  return (readFileSync(web + readme, "utf8").split(`\n${heading}\n`)[1] ?? "").split(/\n##+ /)[0] ?? "";
}

/** The first column of the table whose head begins so. */
function namesIn(text: string, head: string): string[] {
  const [, table = ""] = text.split(`| ${head} |`);
  const rows = table.split("\n").slice(2);
  const end = rows.findIndex((row) => !row.startsWith("|"));
  return (end < 0 ? rows : rows.slice(0, end)).map((row) => /^\| `([^`]+)`/.exec(row)?.[1] ?? row).sort();
}

test.each(["VisitorChat", "OperatorChat"])("the README has every store and method of %s, and no other", (name) => {
  const section = sectionOf("client/README.md", `### ${name}`);

  expect({ stores: namesIn(section, "Store"), methods: namesIn(section, "Method") }).toEqual(membersOf(name));
});

test("the README has what each part of the package exports", () => {
  const section = sectionOf("client/README.md", "### Exports");
  const told = [...section.matchAll(/^\| `[^`/]+\/client(?:\/([^`]+))?` \| (.+) \|$/gm)];

  expect(told.map(([, part = "index"]) => part)).toEqual(parts);
  for (const [, part = "index", names = ""] of told) {
    expect([...(names.split(":")[0] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()).toEqual(
      valuesOf(`client/src/${part}.ts`),
    );
  }
});

test("the README of the hooks has all that they export, and no other", () => {
  expect(namesIn(readFileSync(`${web}react/README.md`, "utf8"), "Export")).toEqual(valuesOf("react/src/index.ts"));
});
