import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  tone: "good" | "bad";
  text: string;
  action?: { label: string; run: () => void } | undefined;
}

const shownMs = 6_000;
const most = 4;
let lastId = 0;

export const toasts = signal<readonly Toast[]>([]);

export function toast(tone: Toast["tone"], text: string, action?: Toast["action"]): void {
  const id = ++lastId;
  const others = toasts.value.filter((other) => other.text !== text);
  toasts.value = [...others, { id, tone, text, action }].slice(-most);
  setTimeout(() => forgetToast(id), shownMs);
}

export function forgetToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
