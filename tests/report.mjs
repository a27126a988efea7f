// Reads one suite's results: CTRF (xunit), Vitest's or Playwright's JSON. First line: passed, failed, skipped; then every failure in full.
import { readFileSync } from "node:fs";

// xunit writes control characters into strings as they are.
const file = JSON.parse(readFileSync(process.argv[2], "utf8").replace(/[\u0000-\u001f]/g, " "));
const colours = new RegExp("\\u001b\\[[0-9;]*m", "g");
const indent = (text, by) => text.replace(colours, "").trimEnd().replace(/^/gm, " ".repeat(by));

const { passed, skipped, failures } = file.results ? ctrf(file) : file.testResults ? vitest(file) : playwright(file);
console.log(passed, failures.length, skipped);
for (const { name, texts } of failures) {
  console.log(`\n${indent(name, 8)}`);
  for (const text of texts.filter(Boolean)) console.log(indent(text, 10));
}

function ctrf({ results }) {
  const tests = results.tests.filter((t) => t.status === "failed" || t.status === "other");
  // Errors outside of tests, such as a fixture that could not be cleaned up.
  const errors = (results.extra?.suites ?? []).flatMap((s) => s.errors ?? []).map((e) => ({ ...e, name: `${e.name} (${e.type})` }));
  const failures = [...tests, ...errors].map((t) => ({ name: t.name, texts: [t.message, t.trace, ...(t.stdout ?? [])] }));
  return { passed: results.summary.passed, skipped: results.summary.skipped, failures };
}

function vitest({ testResults, numPassedTests, numPendingTests }) {
  const tests = testResults.flatMap((f) => f.assertionResults).filter((t) => t.status === "failed");
  const failures = tests.map((t) => ({ name: t.fullName, texts: t.failureMessages }));
  // A file that could not even be loaded has a message and no tests.
  for (const f of testResults) if (f.status === "failed" && f.message) failures.push({ name: f.name, texts: [f.message] });
  return { passed: numPassedTests, skipped: numPendingTests, failures };
}

function playwright({ stats, suites, errors }) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const failed = suites.flatMap(specs).filter((s) => !s.ok);
  const failures = failed.map((s) => ({
    name: `${s.file}: ${s.title}`,
    texts: s.tests.flatMap((t) => t.results).flatMap((r) => r.errors.map((e) => e.message)),
  }));
  failures.push(...errors.map((e) => ({ name: "outside of tests", texts: [e.message] })));
  return { passed: stats.expected, skipped: stats.skipped, failures };
}
