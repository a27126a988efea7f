// O3 over every rendering, and mutants that show that each rule can fail.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chart, helm, parse, render, renderWith, valuesFiles } from "./helm.mjs";
import { faults } from "./invariants.mjs";

for (const name of Object.keys(valuesFiles)) {
  test(`the objects of ${name} fit together`, () => {
    assert.deepEqual(faults(render(name), { production: name.startsWith("prod-") }), []);
  });
}

const pod = (objects) => objects.find(({ kind }) => kind === "Deployment").spec.template;
const chat = (objects) => pod(objects).spec.containers[0];
const one = (objects, kind, part = "") => objects.find((o) => o.kind === kind && o.metadata.name.includes(part));

const mutants = {
  "a liveness path equal to readiness": [(o) => (chat(o).livenessProbe.httpGet.path = "/readyz"), /liveness/],
  "a probe on a port that does not exist": [(o) => (chat(o).livenessProbe.httpGet.port = "managment"), /managment/],
  "a missing limit": [(o) => delete chat(o).resources.limits, /request ≠ limit/],
  "a CPU limit": [(o) => (chat(o).resources.limits.cpu = "1"), /CPU limit/],
  "a Secret in the chart": [(o) => o.push({ kind: "Secret", metadata: { name: "x" } }), /secret/],
  "a password in an environment variable": [(o) => chat(o).env.push({ name: "X", value: "redis:6379,password=hunter2" }), /plain text/],
  "a wrong port name on a Service": [(o) => (one(o, "Service", "headless").spec.ports[1].targetPort = "metrics"), /targets port metrics/],
  "a route to the management port": [(o) => o.find((x) => x.kind === "Service" && x.metadata.name === "chat").spec.ports.push({ targetPort: "management" }), /management port/],
  "a route to another Service": [(o) => (one(o, "IngressRoute").spec.routes[0].services[0].port = "https"), /leads to/],
  "a middleware that does not exist": [(o) => (one(o, "IngressRoute").spec.routes[0].middlewares[0].name = "x"), /no middleware x/],
  "a retry": [(o) => (one(o, "Middleware").spec.retry = { attempts: 2 }), /retried/],
  "a volume claim": [(o) => o.push({ kind: "PersistentVolumeClaim", metadata: { name: "x" } }), /keeps state/],
  "a root file system that is written": [(o) => delete chat(o).securityContext.readOnlyRootFilesystem, /write to its root/],
  "a root user": [(o) => delete pod(o).spec.securityContext.runAsNonRoot, /restricted/],
  "a grace below the sum": [(o) => (pod(o).spec.terminationGracePeriodSeconds = 60), /grace of 60/],
  "no sleep before the signal": [(o) => delete chat(o).lifecycle, /preStop/],
  "Recreate": [(o) => (o.find((x) => x.kind === "Deployment").spec.strategy = { type: "Recreate" }), /before another is there/],
  "two pools alike": [(o) => o.filter((x) => x.kind === "Deployment").forEach((d) => (d.spec.template.spec.containers[0].resources = { requests: { memory: "1Gi", cpu: "1" }, limits: { memory: "1Gi" } })), /same memory limit/],
  "a mutable ConfigMap": [(o) => delete one(o, "ConfigMap").immutable, /change under/],
  "a decimal heap limit": [(o) => (one(o, "ConfigMap").data.DOTNET_GCHeapHardLimitPercent = "65"), /hexadecimal/],
  "an endpoint slice of another Service": [(o) => (one(o, "EndpointSlice").metadata.labels["kubernetes.io/service-name"] = "x"), /no Service/],
  "other port names on an endpoint slice": [(o) => (one(o, "EndpointSlice").ports[0].name = "x"), /port names/],
  "an autoscaler beside a fixed number": [(o) => (o.find((x) => x.kind === "Deployment").spec.replicas = 3), /reset the autoscaler/],
  "an open network policy": [(o) => delete one(o, "NetworkPolicy").spec.ingress[0].from, /everybody/],
  "a collector that is not reached": [(o) => (one(o, "NetworkPolicy").spec.egress = one(o, "NetworkPolicy").spec.egress.filter(({ ports }) => ports[0].port !== 4317)), /refuses Traces__Endpoint on port 4317/],
  "a standby that is not reached": [(o) => one(o, "NetworkPolicy").spec.egress[1].to.pop(), /refuses Storage__ConnectionString on port 5432 of 10\.20\.0\.11/],
  "an open way out": [(o) => delete one(o, "NetworkPolicy").spec.egress[0].ports, /everything out/],
  "a job behind the Service": [(o) => (one(o, "CronJob").spec.jobTemplate.spec.template.metadata.labels["app.kubernetes.io/component"] = "server"), /sends calls/],
  "another image in a job": [(o) => (one(o, "Job").spec.template.spec.containers[0].image = "x"), /another image/],
  "a tag in production": [(o) => (chat(o).image = "chat:latest"), /digest/],
  "a slow dial": [(o) => (one(o, "ServersTransport").spec.forwardingTimeouts.dialTimeout = "20s"), /dials/],
  "weighted round robin": [(o) => (one(o, "IngressRoute").spec.routes[0].services[0].strategy = "wrr"), /spin/],
};
for (const [what, [mutate, message]] of Object.entries(mutants)) {
  test(`${what} is found`, () => {
    const objects = structuredClone(render("prod-dc1"));
    mutate(objects);
    assert.ok(faults(objects, { production: true }).some((fault) => message.test(fault)), faults(objects).join("; "));
  });
}

test("another setting gives the ConfigMap another name, and pods follow it", () => {
  const [before, after] = [render("prod-dc1"), renderWith("prod-dc1", "settings.lanes=3")];
  assert.notEqual(one(before, "ConfigMap").metadata.name, one(after, "ConfigMap").metadata.name);
  assert.deepEqual(faults(after), []);
});

test("a migration with another pod has another name, since a Job's pod never changes", () => {
  const folder = mkdtempSync(join(tmpdir(), "chat-chart-"));
  helm("package", chart, "--version", "9.0.0", "--app-version", "9.0.0", "-d", folder);
  const later = parse(helm("template", "chat", join(folder, "chat-9.0.0.tgz"), "-f", valuesFiles["dev-dc1"]));
  rmSync(folder, { recursive: true });
  const settings = ["image.tag=next", "postgres.port=5433", "postgres.direct.host=db", "existingSecret=other", "jobs.memory=1Gi"];
  const job = one(render("dev-dc1"), "Job");
  for (const objects of [later, ...settings.map((setting) => renderWith("dev-dc1", setting))]) {
    const another = one(objects, "Job");
    assert.notDeepEqual(another.spec.template, job.spec.template);
    assert.notEqual(another.metadata.name, job.metadata.name);
  }
  assert.equal(one(renderWith("dev-dc1", "settings.lanes=3"), "Job").metadata.name, job.metadata.name);
});

test("webhooks and the OpenID Connect provider are reached on the ports of their addresses, and only there", () => {
  const ports = (objects) => one(objects, "NetworkPolicy").spec.egress.flatMap((rule) => rule.ports.map(({ port }) => port));
  assert.ok([443, 8443, 4317].every((port) => ports(render("everything")).includes(port)));
  assert.ok(![443, 8443, 4317].some((port) => ports(render("dev-dc1")).includes(port)));
  const narrow = renderWith("everything", "networkPolicy.outsideCidrs[0]=192.0.2.0/24");
  const rule = one(narrow, "NetworkPolicy").spec.egress.find(({ ports: [{ port }] }) => port === 8443);
  assert.deepEqual(rule.to, [{ ipBlock: { cidr: "192.0.2.0/24" } }]);
});

test("migrations reach PostgreSQL past the pooler, and nobody its port where there is none", () => {
  const direct = (objects) => one(objects, "NetworkPolicy").spec.egress.filter(({ ports }) => ports.some(({ port }) => port === 5433));
  assert.deepEqual(direct(render("everything")), [{ ports: [{ protocol: "TCP", port: 5433 }] }]);
  const narrow = renderWith("everything", "networkPolicy.postgresCidrs={10.0.0.0/24,2001:db8::/32}");
  assert.deepEqual(direct(narrow).flatMap(({ to }) => to.map(({ ipBlock }) => ipBlock.cidr)), ["10.0.0.0/24", "2001:db8::/32"]);
  assert.deepEqual(faults(narrow), []);
  assert.deepEqual(direct(renderWith("everything", "postgres.direct.host=")), []);
});

test("a longer window gives pods more time", () => {
  const objects = renderWith("prod-dc1", "drain.windowSeconds=600");
  assert.deepEqual(faults(objects), []);
  assert.equal(pod(objects).spec.terminationGracePeriodSeconds, 630);
});

test("a native sidecar ends after the server", () => {
  const [sidecar] = pod(render("everything")).spec.initContainers;
  assert.equal(sidecar.restartPolicy, "Always");
});
