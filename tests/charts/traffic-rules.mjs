// O3: what must hold on the way to pods and from them.
import { BlockList, isIP } from "node:net";
import { of, named, podOf, workloads, deployments, containersOf, server, matches, same, configurationOf, seconds } from "./objects.mjs";

export function* jobsStayOutside(objects) {
  for (const job of of(objects, "Job", "CronJob")) {
    for (const service of of(objects, "Service").filter(({ spec }) => spec.selector)) {
      if (matches(service.spec.selector, podOf(job).metadata.labels)) yield `${named(service)} sends calls to ${named(job)}`;
    }
  }
}

export function* servicesAndRoutes(objects) {
  const services = of(objects, "Service");
  const main = services.find(({ spec }) => spec.selector && spec.clusterIP !== "None");
  if (!services.some(({ spec }) => spec.selector && spec.clusterIP === "None")) yield "there is no headless Service";
  if (main.spec.ports.some(({ targetPort }) => targetPort === "management")) yield "the management port is on the routed Service";
  for (const service of services.filter(({ spec }) => spec.selector)) {
    for (const { targetPort } of service.spec.ports) {
      const known = deployments(objects).every((d) => server(d).ports.some(({ name }) => name === targetPort));
      if (!known) yield `${named(service)} targets port ${targetPort}, which pods have not`;
    }
  }
  for (const [object, backend] of backends(objects)) {
    const port = main.spec.ports.find((p) => p.name === backend.port || p.port === backend.port);
    if (backend.name !== main.metadata.name || !port) yield `${named(object)} leads to ${backend.name}:${backend.port}`;
  }
}

function* backends(objects) {
  for (const route of of(objects, "IngressRoute")) {
    for (const service of route.spec.routes.flatMap((r) => r.services)) yield [route, service];
  }
  for (const route of of(objects, "HTTPRoute")) for (const b of route.spec.rules.flatMap((r) => r.backendRefs)) yield [route, b];
  for (const ingress of of(objects, "Ingress")) {
    for (const path of ingress.spec.rules.flatMap((r) => r.http.paths)) {
      const { name, port } = path.backend.service;
      yield [ingress, { name, port: port.name ?? port.number }];
    }
  }
}

export function* traefik(objects) {
  const has = (kind, name) => of(objects, kind).some(({ metadata }) => metadata.name === name);
  for (const route of of(objects, "IngressRoute")) {
    const hubs = route.spec.routes.find(({ match }) => match.includes("/hubs/"));
    if (!hubs) yield "hubs have no route of their own";
    for (const { services, middlewares } of route.spec.routes) {
      for (const { name } of middlewares ?? []) if (!has("Middleware", name)) yield `there is no middleware ${name}`;
      for (const service of services) {
        if (service.strategy !== "p2c") yield "wrr may spin while all pods leave";
        if (!has("ServersTransport", service.serversTransport)) yield `there is no transport ${service.serversTransport}`;
      }
    }
    const limit = of(objects, "Middleware").find(({ metadata }) => metadata.name === hubs?.middlewares?.[0]?.name);
    if (limit?.spec.rateLimit?.sourceCriterion?.requestHost !== true) yield "connects are not limited by host";
  }
  for (const middleware of of(objects, "Middleware")) if (middleware.spec.retry) yield "a socket is not retried";
  for (const { spec } of of(objects, "ServersTransport")) {
    const timeout = (key) => Number.parseInt(spec.forwardingTimeouts[key], 10);
    const grace = (server(deployments(objects)[0]).lifecycle?.preStop?.sleep?.seconds ?? 0) + seconds(configurationOf(objects).Drain__Propagation);
    // A SignalR client waits 15 s for its handshake; a pod that left must be given up before, and before its last moment.
    if (timeout("dialTimeout") >= Math.min(15, grace)) yield "Traefik dials for longer than a client waits";
    if (timeout("idleConnTimeout") >= 130) yield "the server closes idle connections before Traefik does";
  }
}

export function* networkPolicies(objects) {
  for (const { spec } of of(objects, "NetworkPolicy")) {
    if (!same([...spec.policyTypes].sort(), ["Egress", "Ingress"])) yield "a direction is not denied by default";
    for (const rule of spec.ingress) {
      const from = rule.from?.map((peer) => peer.namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"]);
      if (!from?.every(Boolean)) yield "the network policy lets everybody in";
      if (rule.ports.some(({ port }) => port === "management") && from.includes("traefik")) yield "Traefik reaches the management port";
    }
    for (const object of workloads(objects)) {
      if (!matches(spec.podSelector.matchLabels, podOf(object).metadata.labels)) yield `${named(object)} is outside the network policy`;
    }
  }
}

/** What is configured must be reached, there and on its port: a refused packet shows as a time-out, much later. */
export function* egress(objects) {
  for (const { spec } of of(objects, "NetworkPolicy")) {
    for (const [name, host, port] of destinations(objects)) {
      const isOpen = spec.egress.some((rule) => rule.ports?.some((p) => p.port === port) && reaches(rule, host));
      if (!isOpen) yield `the network policy refuses ${name} on port ${port} of ${host}`;
    }
    if (spec.egress.some((rule) => !rule.ports)) yield "the network policy lets everything out";
  }
}

/** A name may be anywhere: only a rule that names no place surely lets it through. */
function reaches({ to }, host) {
  if (!to) return true;
  const places = new BlockList();
  for (const { ipBlock } of to.filter((peer) => peer.ipBlock)) {
    const [network, bits] = ipBlock.cidr.split("/");
    places.addSubnet(network, Number(bits), family(network));
  }
  return isIP(host) > 0 && places.check(host, family(host));
}

const family = (address) => `ipv${isIP(address)}`;

/** Setting, host and port of all that servers and jobs are told to connect to. */
function* destinations(objects) {
  const variables = workloads(objects).flatMap(containersOf).flatMap(({ env }) => env ?? []);
  const settings = [...Object.entries(configurationOf(objects)), ...variables.map(({ name, value }) => [name, value])];
  for (const [name, value] of settings) {
    for (const [host, port] of endpoints[name]?.(value) ?? []) {
      for (const address of addressesOf(objects, host)) yield [name, address, Number(port)];
    }
  }
}

const postgres = (value) => {
  const [, hosts, port] = /Host=([^;]+);Port=(\d+)/.exec(value);
  return hosts.split(",").map((host) => [host, port]);
};
const web = (value) => {
  const { hostname, port, protocol } = new URL(value);
  return [[hostname, port || (protocol === "https:" ? 443 : 80)]];
};
const endpoints = {
  Storage__ConnectionString: postgres,
  Storage__MigrationConnectionString: postgres,
  Bus__Redis__Configuration: (value) => [...value.matchAll(/([^,=]+):(\d+)/g)].map(([, host, port]) => [host, port]),
  Push__Url: web,
  Identity__Oidc__Authority: web,
  Traces__Endpoint: web,
};

/** The chart's own Services for addresses outside, looked up; anything else as it is. */
function addressesOf(objects, host) {
  const slices = of(objects, "EndpointSlice").filter(({ metadata }) => metadata.labels["kubernetes.io/service-name"] === host);
  return slices.length > 0 ? slices.flatMap((slice) => slice.endpoints.flatMap(({ addresses }) => addresses)) : [host];
}

export function* externalServices(objects) {
  for (const slice of of(objects, "EndpointSlice")) {
    const service = of(objects, "Service").find((s) => s.metadata.name === slice.metadata.labels["kubernetes.io/service-name"]);
    if (!service) yield `${named(slice)} belongs to no Service`;
    else if (service.spec.selector) yield `${named(service)} has a selector`;
    else if (!same(service.spec.ports.map((p) => p.name), slice.ports.map((p) => p.name))) yield `${named(slice)} has other port names`;
    const owner = slice.metadata.labels["endpointslice.kubernetes.io/managed-by"];
    if (!owner || owner.endsWith("k8s.io")) yield `${named(slice)} would be taken away by the control plane`;
    if (slice.endpoints.some(({ addresses }) => addresses.some((a) => /^127\.|^::1$/.test(a)))) yield `${named(slice)} is a loopback`;
  }
}
