// Reporter of `node --test`: the same CTRF that the .NET suites write, for tests/report.mjs.
export default async function* ctrf(events) {
  const tests = [];
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const error = data.details.error;
    // A file or a suite fails with its tests; only what failed by itself is told.
    if (data.details.type === "suite" || (error && error.failureType === "subtestsFailed")) continue;
    const status = data.skip !== undefined ? "skipped" : type === "test:pass" ? "passed" : "failed";
    const cause = error?.cause ?? error;
    tests.push({ name: data.name, status, duration: data.details.duration_ms, message: cause?.message ?? String(cause ?? ""), trace: cause?.stack ?? "" });
  }
  const count = (status) => tests.filter((test) => test.status === status).length;
  const summary = { tests: tests.length, passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
  yield JSON.stringify({ results: { tool: { name: "node" }, summary, tests } });
}
