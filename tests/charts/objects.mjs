// How rules look at rendered objects.
export const of = (objects, ...kinds) => objects.filter((object) => kinds.includes(object.kind));
export const named = (object) => `${object.kind} ${object.metadata.name}`;
export const podOf = (object) => object.spec.jobTemplate?.spec.template ?? object.spec.template;
export const workloads = (objects) => of(objects, "Deployment", "Job", "CronJob");
export const deployments = (objects) => of(objects, "Deployment");
export const containersOf = (object) => [...(podOf(object).spec.initContainers ?? []), ...podOf(object).spec.containers];
export const server = (deployment) => podOf(deployment).spec.containers.find(({ name }) => name === "chat");
export const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
export const configurationOf = (objects) => of(objects, "ConfigMap").find(({ data }) => data?.Storage__Provider)?.data ?? {};

export const seconds = (text) => {
  const [h, m, s] = text.split(":").map(Number);
  return h * 3600 + m * 60 + s;
};
