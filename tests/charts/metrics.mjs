// The names under which Prometheus sees the server's instruments, read from its source and made by OpenTelemetry's rules.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { charts } from "./helm.mjs";

const instrument = /Create(Counter|UpDownCounter|Histogram|ObservableGauge)(?:<\w+>)?\(\s*"(chat[a-z.]+)",(?:(?!Create)[\s\S])*?"(s|d|\{\w+\})"/g;
const units = { s: "_seconds", d: "_days" };

/** Ours; what cAdvisor, kube-state-metrics, the blackbox exporter, Prometheus and .NET itself export is known by heart. */
const others = [
  "container_memory_working_set_bytes",
  "container_cpu_cfs_throttled_periods_total",
  "container_cpu_cfs_periods_total",
  "container_cpu_usage_seconds_total",
  "kube_pod_container_resource_limits",
  "kube_pod_container_resource_requests",
  "kube_pod_container_status_restarts_total",
  "probe_success",
  "up",
  "dotnet_gc_last_collection_heap_size_bytes",
  "dotnet_gc_pause_time_seconds_total",
  "dotnet_process_memory_working_set_bytes",
  "dotnet_process_cpu_time_seconds_total",
  "dotnet_thread_pool_queue_length_total",
  "http_server_request_duration_seconds_bucket",
];

/** The text of each source of a project. */
export function sourcesOf(project) {
  const folder = join(charts, "../src", project);
  const files = readdirSync(folder, { recursive: true }).filter((file) => /^(?!bin|obj).*\.cs$/.test(file));
  return files.map((file) => readFileSync(join(folder, file), "utf8"));
}

export function metricNames() {
  const names = new Set(others);
  for (const source of sourcesOf("Chat.Server")) {
    for (const [, kind, name, unit] of source.matchAll(instrument)) {
      const base = name.replaceAll(".", "_") + (units[unit] ?? "");
      const forms = { Counter: ["_total"], Histogram: ["_bucket", "_sum", "_count"] }[kind] ?? [""];
      for (const form of forms) names.add(base + form);
    }
  }
  return names;
}

/** Names of series in a PromQL expression: words before a selector or an operator that are no function, label or keyword. */
export const metricsIn = (expression) => [
  ...new Set(
    expression
      .replace(/"[^"]*"/g, '""')
      .replace(/\{[^}]*\}|\[[^\]]*\]|\b(by|on|without|ignoring|group_left|group_right)\s*(\([^)]*\))?/g, " ")
      .match(/\b[a-z][a-z0-9]*_[a-z0-9_]+\b(?!\s*\()|\bup\b/g) ?? [],
  ),
];
