// The playbook that applies charts/rendered: its syntax, and that it finds what it names.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { charts, clusters, parse, render } from "./helm.mjs";
import { matches } from "./objects.mjs";

const playbook = join(charts, "ansible/deploy.yml");

test("ansible accepts the playbook", () => {
  execFileSync("ansible-playbook", ["--syntax-check", "-i", "localhost,", playbook], { stdio: "pipe" });
});

test("the playbook's files are there for every cluster", () => {
  const named = [...readFileSync(playbook, "utf8").matchAll(/manifests(?: ~ '| }})\/([a-z-]+\.yaml)/g)].map((match) => match[1]);
  assert.deepEqual(new Set(named), new Set(["deployment.yaml", "migration-job.yaml"]));
  for (const cluster of clusters) {
    for (const file of named) assert.ok(existsSync(join(charts, "rendered", cluster, file)), `${cluster}/${file}`);
  }
});

test("the playbook migrates anew, waits for it, and applies the rest then", () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-ansible-"));
  const [kubectl, calls] = [join(folder, "kubectl"), join(folder, "calls")];
  writeFileSync(kubectl, `#!/bin/sh\necho "$*" >> ${calls}\n[ "$1 $2" = "get deployments" ] && echo deployment.apps/chat-small\nexit 0\n`, { mode: 0o755 });
  execFileSync("ansible-playbook", ["-i", "localhost,", "-e", `cluster=dev-dc1 kubectl=${kubectl}`, playbook], { stdio: "pipe" });

  const made = readFileSync(calls, "utf8").trim().split("\n");
  rmSync(folder, { recursive: true });
  const job = /-f \S+\/migration-job\.yaml$/;
  const steps = [/^get secret/, /^delete jobs/, /^apply/, /^wait/, /^apply/, /^get deployments/, /^rollout status deployment\.apps\/chat-small/];
  assert.equal(made.length, steps.length, made.join("\n"));
  steps.forEach((step, i) => assert.match(made[i], step));
  assert.deepEqual(made.map((call) => job.test(call)), [false, false, true, true, false, false, false]);
  // What is deleted is the migration, and nothing else.
  const [migration] = parse(readFileSync(join(charts, "rendered/dev-dc1/migration-job.yaml"), "utf8"));
  const selector = Object.fromEntries(/ -l (\S+)$/.exec(made[1])[1].split(",").map((pair) => pair.split("=")));
  const deleted = render("dev-dc1").filter(({ metadata }) => matches(selector, metadata.labels ?? {}));
  assert.deepEqual(deleted.map(({ metadata }) => metadata.name), [migration.metadata.name]);
});
