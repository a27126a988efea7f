// The playbook that applies charts/rendered: its syntax, and that it finds what it names.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { charts, clusters } from "./helm.mjs";

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
