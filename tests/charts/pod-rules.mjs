// O3: what must hold for pods and what makes them. Each rule answers with what is wrong, in sentences; none is fine.
import { of, named, podOf, workloads, deployments, containersOf, server, matches, same, configurationOf, seconds } from "./objects.mjs";

export function* stateless(objects) {
  for (const object of of(objects, "PersistentVolumeClaim", "StatefulSet")) yield `${named(object)} keeps state`;
  for (const object of workloads(objects)) {
    const { spec } = podOf(object);
    for (const volume of spec.volumes ?? []) if (!volume.emptyDir) yield `${named(object)} mounts ${volume.name}`;
    if (spec.automountServiceAccountToken !== false) yield `${named(object)} mounts a token`;
    if (spec.enableServiceLinks !== false) yield `${named(object)} takes variables of other services`;
  }
}

export function* restricted(objects) {
  for (const object of workloads(objects)) {
    const { securityContext: pod } = podOf(object).spec;
    if (!pod?.runAsNonRoot || pod.seccompProfile?.type !== "RuntimeDefault") yield `${named(object)} is not restricted`;
    for (const { name, securityContext: c } of containersOf(object)) {
      if (c?.allowPrivilegeEscalation !== false || !same(c.capabilities?.drop, ["ALL"])) yield `${name} is not restricted`;
      if (c?.readOnlyRootFilesystem !== true) yield `${name} may write to its root`;
    }
    const { hostNetwork, hostPID, hostIPC } = podOf(object).spec;
    if (hostNetwork || hostPID || hostIPC) yield `${named(object)} shares the host's namespaces`;
  }
}

export function* withoutSecrets(objects) {
  for (const object of of(objects, "Secret")) yield `${named(object)} is a secret in the chart`;
  const text = JSON.stringify(objects);
  const found = /password=(?!\$\()[^",;]+|-----BEGIN|eyJ[A-Za-z0-9_-]{20,}/i.exec(text);
  if (found) yield `a secret in plain text: ${found[0].slice(0, 12)}…`;
}

export function* resources(objects) {
  for (const object of workloads(objects)) {
    for (const { name, resources: r } of containersOf(object)) {
      if (!r?.requests?.memory || r.requests.memory !== r.limits?.memory) yield `${named(object)}: ${name}: memory request ≠ limit`;
      if (!r?.requests?.cpu) yield `${named(object)}: ${name} asks for no CPU`;
      if (r?.limits?.cpu) yield `${named(object)}: ${name} has a CPU limit`;
    }
  }
}

export function* pools(objects) {
  const all = deployments(objects);
  const limits = all.map((deployment) => server(deployment).resources.limits?.memory);
  if (new Set(limits).size !== limits.length) yield "two pools have the same memory limit";
  const shared = of(objects, "Service").filter(({ spec }) => spec.selector);
  for (const deployment of all) {
    const { labels } = podOf(deployment).metadata;
    if (!matches(deployment.spec.selector.matchLabels, labels)) yield `${named(deployment)} does not select its pods`;
    for (const other of all) {
      if (other !== deployment && matches(other.spec.selector.matchLabels, labels)) yield `${named(other)} selects pods of another pool`;
    }
    for (const service of shared) if (!matches(service.spec.selector, labels)) yield `${named(service)} misses a pool`;
    for (const budget of of(objects, "PodDisruptionBudget")) {
      if (!matches(budget.spec.selector.matchLabels, labels)) yield `${named(budget)} misses a pool`;
    }
  }
}

export function* probes(objects) {
  for (const deployment of deployments(objects)) {
    const { startupProbe, livenessProbe, readinessProbe, ports } = server(deployment);
    const [start, live, ready] = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet);
    if (!start || !live || !ready) yield `${named(deployment)} lacks a probe`;
    else {
      if (live.path === ready.path) yield "liveness asks what readiness asks: an outage would restart every pod";
      if (start.path !== live.path) yield "the start-up probe asks more than the process";
      for (const { port } of [start, live, ready]) {
        if (port !== "management" || !ports.some(({ name }) => name === port)) yield `a probe asks port ${port}`;
      }
    }
  }
}

export function* shutdown(objects) {
  const configuration = configurationOf(objects);
  const drain = (key) => seconds(configuration[`Drain__${key}`] ?? "99:00:00");
  for (const deployment of deployments(objects)) {
    const { spec } = podOf(deployment);
    const sleep = server(deployment).lifecycle?.preStop?.sleep?.seconds ?? 0;
    if (sleep < 5) yield "no preStop sleep: endpoints would change after the first close";
    const least = sleep + drain("Propagation") + Math.max(drain("Window"), drain("CloseAfter")) + drain("Stop") + 3;
    if (spec.terminationGracePeriodSeconds < least) yield `grace of ${spec.terminationGracePeriodSeconds} s is below ${least} s`;
    const { readinessProbe } = server(deployment);
    if (readinessProbe.periodSeconds * readinessProbe.failureThreshold > drain("Propagation")) yield "readiness is seen to fail too late";
    const progress = spec.terminationGracePeriodSeconds + deployment.spec.minReadySeconds;
    if (deployment.spec.progressDeadlineSeconds < 2 * progress) yield "a healthy rollout would miss its deadline";
  }
}

export function* rollouts(objects) {
  for (const deployment of deployments(objects)) {
    const { type, rollingUpdate } = deployment.spec.strategy;
    if (type !== "RollingUpdate" || rollingUpdate.maxUnavailable !== 0) yield `${named(deployment)} takes a pod away before another is there`;
    if (!(deployment.spec.revisionHistoryLimit > 0)) yield `${named(deployment)} cannot be rolled back`;
    const keys = podOf(deployment).spec.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey) ?? [];
    if (!keys.includes("kubernetes.io/hostname") || keys.length < 2) yield `${named(deployment)} is not spread`;
  }
  for (const { spec } of of(objects, "PodDisruptionBudget")) {
    if (spec.maxUnavailable !== 1 || spec.unhealthyPodEvictionPolicy !== "AlwaysAllow") yield "the disruption budget blocks or frees too much";
  }
}

export function* configuration(objects) {
  const maps = of(objects, "ConfigMap").filter(({ data }) => data?.Storage__Provider);
  if (maps.length !== 1) return yield "there is not one ConfigMap of settings";
  const [{ metadata, immutable, data }] = maps;
  if (!immutable) yield "the settings can change under a running pod";
  if (!/-[0-9a-f]{8}$/.test(metadata.name)) yield "the settings' name has no hash";
  if (metadata.annotations?.["helm.sh/resource-policy"] !== "keep") yield "an old pod could not start again";
  if (!/^0x(3[C-F]|4[0-6])$/.test(data.DOTNET_GCHeapHardLimitPercent)) yield "the heap's limit is not 60 to 70 % in hexadecimal";
  for (const deployment of deployments(objects)) {
    if (server(deployment).envFrom[0].configMapRef.name !== metadata.name) yield `${named(deployment)} takes other settings`;
  }
}

export function* autoscalers(objects) {
  for (const { metadata, spec } of of(objects, "HorizontalPodAutoscaler", "ScaledObject")) {
    const target = deployments(objects).find((d) => d.metadata.name === spec.scaleTargetRef.name);
    if (!target) yield `autoscaler ${metadata.name} scales nothing`;
    else if (target.spec.replicas !== undefined) yield `each upgrade would reset the autoscaler of ${metadata.name}`;
    const { scaleDown } = spec.behavior ?? spec.advanced.horizontalPodAutoscalerConfig.behavior;
    if (scaleDown.selectPolicy !== "Min" || scaleDown.stabilizationWindowSeconds < 300) yield `${metadata.name} scales down in a hurry`;
  }
}

export function* jobs(objects) {
  const image = server(deployments(objects)[0]).image;
  for (const job of of(objects, "Job", "CronJob")) {
    const [container] = podOf(job).spec.containers;
    if (container.image !== image) yield `${named(job)} runs another image`;
    if (job.metadata.annotations?.["helm.sh/hook"] && (container.envFrom || podOf(job).spec.serviceAccountName)) {
      yield `${named(job)} runs before what it needs is there`;
    }
  }
}

export function* logging(objects) {
  for (const deployment of deployments(objects)) {
    for (const [key, value] of Object.entries(podOf(deployment).metadata.annotations ?? {})) {
      if (typeof value !== "string") yield `annotation ${key} is not a string`;
    }
  }
}

export function* digests(objects) {
  for (const object of workloads(objects)) {
    for (const { name, image } of containersOf(object)) if (!/@sha256:[0-9a-f]{64}$/.test(image)) yield `${name} is not named by its digest`;
  }
}
