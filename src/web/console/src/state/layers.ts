import { signal } from "@preact/signals";

/** What stands over the work place; one thing at a time. */
export type Layer =
  | { kind: "none" }
  | { kind: "sheet" }
  | { kind: "palette" }
  | { kind: "assign"; id: string; hasNote: boolean }
  | { kind: "snooze"; id: string }
  | { kind: "block"; id: string };

export const layer = signal<Layer>({ kind: "none" });

export function openLayer(next: Layer): void {
  layer.value = next;
}

export function closeLayer(): void {
  layer.value = { kind: "none" };
}
