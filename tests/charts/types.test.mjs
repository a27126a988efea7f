// O2: every object has the type of its kind. tsc refuses misspelt fields, which validate() lets pass; validate() refuses wrong words and forms.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import ts from "typescript";
import { here, render, valuesFiles } from "./helm.mjs";
import { moduleOf } from "./kinds.mjs";

// Inside this folder, so that the packages are found from there.
const folder = join(here, `.types-${process.pid}`);
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name, objects) {
  mkdirSync(folder, { recursive: true });
  const kinds = new Map(objects.map((object) => [`I${object.kind}`, moduleOf(object)]));
  const imports = [...kinds].map(([type, from]) => `import type { ${type} } from ${JSON.stringify(from)};`);
  const constants = objects.map(
    (object, i) => `export const o${i}: I${object.kind} = ${JSON.stringify(object, null, 1)};`,
  );
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, [...imports, ...constants, ""].join("\n"));
  return file;
}

function faults(files) {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map((d) => ({
    file: d.file?.fileName,
    text: ts.flattenDiagnosticMessageText(d.messageText, "\n"),
  }));
}

const misspelt = structuredClone(render("prod-dc1").find((object) => object.kind === "Deployment"));
const container = misspelt.spec.template.spec.containers[0];
container.readinesProbe = container.readinessProbe;
const averge = structuredClone(render("prod-dc1").find((object) => object.spec?.rateLimit));
averge.spec.rateLimit.averge = 1;

test("every rendered object has its kind's fields, and only those", () => {
  const names = Object.keys(valuesFiles);
  const mutants = [write("mutant-probe", [misspelt]), write("mutant-limit", [averge])];
  const found = faults([...names.map((name) => write(name, render(name))), ...mutants]);

  assert.deepEqual(found.filter(({ file }) => !mutants.includes(file)), []);
  assert.match(found.find(({ file }) => file === mutants[0])?.text ?? "", /readinesProbe/);
  assert.match(found.find(({ file }) => file === mutants[1])?.text ?? "", /averge/);
});

async function validate(object) {
  const { [object.kind]: Model } = await import(moduleOf(object));
  new Model(object).validate();
}

for (const name of Object.keys(valuesFiles)) {
  test(`every object of ${name} passes its kind's schema`, async () => {
    for (const object of render(name)) {
      await assert.doesNotReject(validate(object), `${object.kind} ${object.metadata.name}`);
    }
  });
}

test("a word that is not one of the kind's is found", async () => {
  const deployment = structuredClone(misspelt);
  deployment.spec.strategy.type = "Rolling";
  await assert.rejects(validate(deployment));
});
