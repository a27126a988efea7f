import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { disconnectReasons, errorCodes, fieldFaults, limits, pushTargets } from "../src/index";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const contracts = `${root}src/Chat.Contracts/`;
const frames = `${root}tests/wire/`;

interface Frame {
  name: string;
  type: string;
  target?: string;
  json: unknown;
}

/** Type errors of a module that is compiled together with the package. */
function compile(text: string): string[] {
  const folder = fileURLToPath(new URL("../src/", import.meta.url));
  const file = `${folder}frames-of-the-test.ts`;
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, text, version, true) : getSourceFile.call(host, name, version);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? text : readFile.call(host, name));
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const frame = text.split("\n")[line]?.slice(0, 80);
    return `${frame} … ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
  });
}

function readFrames(): Frame[] {
  const names = readdirSync(frames).filter((name) => name.endsWith(".json") && name !== "rules.json");
  return names.map((name) => JSON.parse(readFileSync(frames + name, "utf8")) as Frame);
}

function declared(frame: Frame, index: number): string {
  return `export const frame${index}: t.${frame.type} = ${JSON.stringify(frame.json)};`;
}

/** The rows of a table of PROTOCOL.md whose first cell is a word in backquotes. */
function table(heading: string): string[][] {
  const text = readFileSync(`${contracts}PROTOCOL.md`, "utf8");
  const section = text.split(`### ${heading}\n`)[1]?.split(/\n##/)[0] ?? "";
  return [...section.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(([, word, rest]) => [
    word ?? "",
    ...(rest ?? "").split("|").map((cell) => cell.trim()),
  ]);
}

describe("golden frames", () => {
  test("every frame is of its type, field by field", () => {
    const all = readFrames();
    expect(all.length).toBeGreaterThan(80);

    expect(compile(['import type * as t from "./index";', ...all.map(declared)].join("\n"))).toEqual([]);
  }, 60_000);

  test("a frame with a field that its type does not know is found out", () => {
    const lines = ['import type * as t from "./index";', 'export const x: t.GoAway = { reason: "drain", until: 1 };'];

    expect(compile(lines.join("\n"))).toHaveLength(1);
  }, 60_000);

  test("every push has a handler", () => {
    const pushed = new Set(readFrames().flatMap(({ target }) => (target ? [target] : [])));

    expect([...pushed].filter((target) => !(pushTargets as readonly string[]).includes(target))).toEqual([]);
  });
});

describe("registries", () => {
  test("error codes are those of PROTOCOL.md", () => {
    const rows = table("Error codes").map(([code, http, retryable]) => [
      code,
      { http: Number(http), retryable: retryable === "yes" },
    ]);

    expect(errorCodes).toEqual(Object.fromEntries(rows));
  });

  test("reasons of refused fields are those of PROTOCOL.md", () => {
    const rows = table("Reasons of refused fields").map(([reason, code]) => [reason, code?.replaceAll("`", "")]);

    expect(fieldFaults).toEqual(Object.fromEntries(rows));
  });

  test("disconnect reasons are those of PROTOCOL.md", () => {
    expect(disconnectReasons).toEqual(
      Object.fromEntries(table("Disconnect reasons").map(([reason, again]) => [reason, again === "yes"])),
    );
  });

  test("limits are those of PROTOCOL.md", () => {
    expect(limits).toEqual(Object.fromEntries(table("Limits").map(([name, value]) => [name, Number(value)])));
  });
});

test("the records of REST are made from openapi.json as it is now", async () => {
  const { restTypes } = await import("../../build/rest-types.mjs");

  expect(readFileSync(new URL("../src/rest.ts", import.meta.url), "utf8")).toBe(await restTypes());
});
