// O4: the alerts. promtool reads what the chart renders; every alert has a test, a runbook, and figures that the server really exports.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse, stringify } from "yaml";
import { chart, here, render } from "./helm.mjs";
import { metricNames, metricsIn, sourcesOf } from "./metrics.mjs";

const folder = mkdtempSync(join(tmpdir(), "chat-rules-"));
after(() => rmSync(folder, { recursive: true }));
const promtool = (...args) => execFileSync("promtool", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });

const { groups } = render("prod-dc1").find(({ kind }) => kind === "PrometheusRule").spec;
const alerts = groups.flatMap(({ rules }) => rules);
const tests = parse(readFileSync(join(here, "rules/chat.test.yml"), "utf8")).tests;

test("promtool accepts the rendered rules", () => {
  writeFileSync(join(folder, "rendered.yml"), stringify({ groups }));
  assert.match(promtool("check", "rules", "rendered.yml"), new RegExp(`SUCCESS: ${alerts.length} rules found`));
});

test("each alert fires when it should and not otherwise", () => {
  // Of the annotations the summary is compared, since it is computed.
  const summaries = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, annotations: { summary: rule.annotations.summary } })),
  }));
  writeFileSync(join(folder, "chat.yml"), stringify({ groups: summaries }));
  cpSync(join(here, "rules/chat.test.yml"), join(folder, "chat.test.yml"));
  assert.match(promtool("test", "rules", "chat.test.yml"), /SUCCESS/);
});

test("a rule that never fires turns its test red", () => {
  const broken = structuredClone(groups);
  broken[0].rules[0].expr = "chat_delivery_unconfirmd > 0";
  writeFileSync(join(folder, "chat.yml"), stringify({ groups: broken }));
  assert.throws(() => promtool("test", "rules", "chat.test.yml"), (error) => /ChatDeliveryUnconfirmed/.test(error.stdout + error.stderr));
});

test("every alert has a test that fires, one that is quiet, and a runbook", () => {
  for (const { alert, annotations } of alerts) {
    const expected = tests.flatMap((t) => t.alert_rule_test).filter(({ alertname }) => alertname === alert);
    assert.deepEqual(expected.map(({ exp_alerts: e }) => e.length).sort(), [0, 1], alert);
    assert.ok(existsSync(join(chart, "files/runbooks", `${alert}.md`)), alert);
    assert.ok(annotations.runbook_url.endsWith(`/${alert}.md`));
  }
});

test("every name in a runbook is an alert, a figure, a value of the chart, a word that the server says, or somebody else's", () => {
  const values = parse(readFileSync(join(chart, "values.yaml"), "utf8"));
  const said = ["Chat.Server", "Chat.Contracts"].flatMap(sourcesOf).flatMap((source) => source.match(/"[^"\n]+"/g) ?? []);
  const others = ["/metrics", "dmesg", "p2c", "client list", "slowlog", "max_connections", "pg_stat_activity", "synchronous_standby_names", "pg_cancel_backend", "query_timeout", "SyncRep", "/proc/1/limits"];
  // A histogram goes by its name without the series that it is made of.
  const figures = [...metricNames()].map((name) => name.replace(/_bucket$/, ""));
  const known = new Set([...others, ...figures, ...alerts.map(({ alert }) => alert), ...said.flatMap((text) => text.match(/\w+/g) ?? [])]);
  const isValue = (path) => [values, values.pools.small].some((root) => path.split(".").reduce((at, key) => at?.[key], root) !== undefined);

  for (const file of readdirSync(join(chart, "files/runbooks"))) {
    const names = [...readFileSync(join(chart, "files/runbooks", file), "utf8").matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    assert.deepEqual(names.filter((name) => !/^(kubectl|SELECT) /.test(name) && !known.has(name) && !isValue(name)), [], file);
  }
});

test("every figure of an alert is one that the server exports", () => {
  const known = metricNames();
  for (const { alert, expr } of alerts) {
    assert.deepEqual(metricsIn(expr).filter((name) => !known.has(name)), [], alert);
  }
});

test("every expression of the dashboards is PromQL", () => {
  const files = readdirSync(join(chart, "files/dashboards"));
  const panels = files.flatMap((file) => JSON.parse(readFileSync(join(chart, "files/dashboards", file), "utf8")).panels);
  const expressions = panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr.replaceAll("$__rate_interval", "5m")));
  const rules = expressions.map((expr, i) => ({ record: `panel:${i}`, expr }));
  writeFileSync(join(folder, "dashboards.yml"), stringify({ groups: [{ name: "dashboards", rules }] }));
  assert.match(promtool("check", "rules", "dashboards.yml"), new RegExp(`SUCCESS: ${rules.length} rules found`));
});
