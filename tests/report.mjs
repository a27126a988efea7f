// Reads one suite's CTRF file. First line: passed, failed, skipped; then every failure in full.
import { readFileSync } from "node:fs";

const { results } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = results.tests.filter((t) => t.status === "failed" || t.status === "other");
// Errors outside of tests, such as a fixture that could not be cleaned up.
const errors = (results.extra?.suites ?? []).flatMap((s) => s.errors ?? []);
const failures = [...tests, ...errors.map((e) => ({ ...e, name: `${e.name} (${e.type})` }))];
const indent = (text, by) => text.trimEnd().replace(/^/gm, " ".repeat(by));

console.log(results.summary.passed, failures.length, results.summary.skipped);
for (const { name, message, trace, stdout } of failures) {
  console.log(`\n${indent(name, 8)}`);
  for (const text of [message, trace, ...(stdout ?? [])].filter(Boolean)) {
    console.log(indent(text, 10));
  }
}
