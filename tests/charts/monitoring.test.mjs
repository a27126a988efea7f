// What targets Grafana, Zabbix and Elasticsearch, none of which is here: their files by form, and every figure and field by name.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EcsFlat } from "@elastic/ecs";
import { parse } from "yaml";
import { chart, charts, render } from "./helm.mjs";
import { metricNames, metricsIn } from "./metrics.mjs";

const read = (...path) => readFileSync(join(chart, "files", ...path), "utf8");
const known = metricNames();
const dashboards = readdirSync(join(chart, "files/dashboards"));

for (const file of dashboards) {
  const dashboard = JSON.parse(read("dashboards", file));
  const panels = dashboard.panels.filter(({ type }) => type !== "row");

  test(`the dashboard ${file} asks for figures that are exported`, () => {
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    assert.deepEqual(expressions.flatMap(metricsIn).filter((name) => !known.has(name)), []);
    for (const expression of expressions) assert.match(expression, /namespace="\$namespace"/);
  });

  test(`the dashboard ${file} is laid out without gaps in meaning or space`, () => {
    assert.equal(`${dashboard.uid}.json`, file);
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    const cells = new Set();
    for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
      assert.ok(title && x + w <= 24, title);
      for (let i = x; i < x + w; i++) for (let j = y; j < y + h; j++) {
        assert.ok(!cells.has(`${i},${j}`), `${title} lies upon another panel`);
        cells.add(`${i},${j}`);
      }
    }
    for (const { title, datasource, fieldConfig } of panels) {
      assert.equal(datasource.uid, "${datasource}", title);
      assert.ok(fieldConfig.defaults.unit, title);
    }
  });
}

test("the chart carries every dashboard as it is", () => {
  const { data } = render("prod-dc1").find(({ metadata }) => metadata.name === "chat-dashboards");
  assert.deepEqual(Object.keys(data).sort(), [...dashboards].sort());
  for (const file of dashboards) assert.deepEqual(JSON.parse(data[file]), JSON.parse(read("dashboards", file)));
});

test("every item of the Zabbix template is taken from one request, by a pattern of an exported figure", () => {
  const [template] = parse(read("zabbix/chat.yaml")).zabbix_export.templates;
  const [master, ...items] = template.items;
  assert.equal(master.type, "HTTP_AGENT");
  assert.ok(items.length > 8);
  for (const { key, type, master_item, preprocessing } of items) {
    assert.deepEqual([type, master_item.key, preprocessing[0].type], ["DEPENDENT", master.key, "PROMETHEUS_PATTERN"], key);
    assert.deepEqual(metricsIn(preprocessing[0].parameters[0]).filter((name) => !known.has(name)), [], key);
  }
  const triggers = template.items.flatMap((item) => item.triggers ?? []);
  const keys = new Set(template.items.map(({ key }) => key));
  for (const { expression } of triggers) assert.ok(keys.has(/Chat by HTTP\/([a-z.]+)/.exec(expression)[1]), expression);
  const ids = read("zabbix/chat.yaml").match(/uuid: \w+/g);
  assert.ok(ids.every((id) => /^uuid: [0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(id)));
  assert.equal(new Set(ids).size, ids.length);
});

const formatter = readFileSync(join(charts, "../src/Chat.Server/Observability/EcsFormatter.cs"), "utf8");
const logFields = [...formatter.matchAll(/(?:\\"([@a-z_.]+)\\":|Write\("([a-z_.]+)",)/g)].map(([, text, name]) => text ?? name);

test("every field of a log line is one of the Elastic Common Schema", () => {
  assert.ok(logFields.includes("trace.id") && logFields.length > 10);
  assert.deepEqual(logFields.filter((name) => !EcsFlat[name]), []);
});

test("the index template knows every field of a log line, with the schema's type", () => {
  const flat = (properties, prefix = "") =>
    Object.entries(properties).flatMap(([name, { type, properties: inner }]) =>
      inner ? flat(inner, `${prefix}${name}.`) : [[`${prefix}${name}`, type]],
    );
  const types = new Map(flat(JSON.parse(read("elk/index-template.json")).template.mappings.properties));
  assert.deepEqual(logFields.filter((name) => !types.has(name)), []);
  for (const [name, type] of types) assert.equal(type, EcsFlat[name].type, name);
  const policy = JSON.parse(read("elk/index-template.json")).template.settings["index.lifecycle.name"];
  assert.ok(JSON.parse(read("elk/ilm-policy.json")).policy._meta.description.includes(policy));
});
