// Which package has the type of an object.
const packages = [
  [/\.coreos\.com$/, "@kubernetes-models/prometheus-operator"],
  [/^traefik\.io$/, "@kubernetes-models/traefik"],
  [/keda\.sh$/, "@kubernetes-models/keda"],
  [/^gateway\.networking\.k8s\.io$/, "@kubernetes-models/gateway-api"],
  [/.*/, "kubernetes-models"],
];

export function moduleOf({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const [, owner] = packages.find(([pattern]) => pattern.test(group));
  return [owner, group, version, kind].filter(Boolean).join("/");
}
