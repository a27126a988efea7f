// O1: the chart is valid, and what is made of it and kept in the repository is what it makes now. `npm run update` writes it anew.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse as parseYaml } from "yaml";
import { chart, charts, clusters, helm, here, render, renderText, renderWith, valuesFiles } from "./helm.mjs";

const update = process.env.CHAT_UPDATE_CHARTS === "1";

test("helm lint finds nothing", () => {
  for (const file of Object.values(valuesFiles)) helm("lint", "--strict", chart, "-f", file);
});

for (const name of Object.keys(valuesFiles)) {
  test(`the chart renders with the values of ${name}`, () => {
    assert.ok(render(name).length > 5);
  });
}

/** One file for each template, as `kubectl apply -f folder` takes it; hooks first by their names. */
function files(name) {
  const parts = new Map();
  for (const text of renderText(name, "--skip-tests").split(/^---\n/m).filter((part) => part.trim())) {
    const template = /^# Source: chat\/templates\/(.+)\n/.exec(text)?.[1];
    assert.ok(template, text);
    const body = text.replace(/^# Source: .*\n/, "").trimEnd();
    parts.set(template, [...(parts.get(template) ?? []), body]);
  }
  return new Map([...parts].map(([template, bodies]) => [template, `${bodies.join("\n---\n")}\n`]));
}

for (const name of clusters) {
  test(`charts/rendered/${name} is what the chart makes`, () => {
    const folder = join(charts, "rendered", name);
    const made = files(name);
    if (update) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const [file, text] of made) writeFileSync(join(folder, file), text);
    }
    assert.deepEqual(readdirSync(folder).sort(), [...made.keys()].sort());
    for (const [file, text] of made) assert.equal(readFileSync(join(folder, file), "utf8"), text, file);
  });
}

test("README.md's table of values is made from values.yaml", () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-readme-"));
  const [kept, made] = [join(chart, "README.md"), join(folder, "README.md")];
  cpSync(kept, made);
  execFileSync(
    process.execPath,
    [join(here, "node_modules/@bitnami/readme-generator-for-helm/bin/index.js"), "-v", join(chart, "values.yaml"), "-r", made],
    { stdio: "pipe" },
  );
  if (update) cpSync(made, kept);
  assert.equal(readFileSync(kept, "utf8"), readFileSync(made, "utf8"));
  rmSync(folder, { recursive: true });
});

for (const map of ["monitoring.labels", "postgres.options", "nodeSelector", "podAnnotations"]) {
  test(`each value of ${map}, and all of them, may be null or are refused by name`, () => {
    for (const name of ["everything", "prod-dc1"]) {
      const files = [join(chart, "values.yaml"), valuesFiles[name]].map((file) => parseYaml(readFileSync(file, "utf8")));
      const maps = files.map((values) => map.split(".").reduce((at, key) => at?.[key], values) ?? {});
      const nulls = Object.keys(Object.assign({}, ...maps)).map((key) => `${map}.${key.replaceAll(".", "\\.")}=null`);
      for (const settings of [...nulls.map((one) => [one]), nulls]) {
        try {
          assert.ok(renderWith(name, ...settings).length > 5, `${settings}`);
        } catch (error) {
          // Helm drops a key that is null where the chart has it, and keeps it elsewhere, which the schema then refuses.
          assert.match(error.stderr ?? error.message, /values don't meet the specifications/, `${settings}`);
        }
      }
    }
  });
}

const refused = [
  ["a value that does not exist", "imagee.tag=x", /imagee/],
  ["a misspelt value", "drain.windowSecond=5", /windowSecond/],
  ["a pool without memory", "pools.small.memory=", /memory/],
  ["a pool without a unit", "pools.small.memory=512", /memory/],
  ["a loopback address of PostgreSQL", "postgres.host=,postgres.addresses={127.0.0.1}", /addresses/],
  ["both a host and addresses", "redis.addresses={10.0.0.1}", /redis/],
  ["neither a host nor addresses", "redis.host=", /redis/],
  ["a password in the connection string", "postgres.options.Password=x", /Password/],
  ["an idle time above the server's", "timeouts.idleConnSeconds=131", /idleConnSeconds/],
];
for (const [what, setting, message] of refused) {
  test(`the schema refuses ${what}`, () => {
    assert.throws(() => helm("template", "chat", chart, "--set", setting), (error) => message.test(error.stderr));
  });
}

test("README.md's links lead somewhere", () => {
  const links = [...readFileSync(join(chart, "README.md"), "utf8").matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1]);
  assert.ok(links.length > 20);
  assert.deepEqual(links.filter((link) => !existsSync(join(chart, link))), []);
});
