import { signal } from "@preact/signals";

const stepMs = 10_000;

/** The time for what shows "since when"; coarse, so that lists are drawn seldom. */
export const now = signal(Date.now());

export function runClock(): () => void {
  const timer = setInterval(() => {
    now.value = Date.now();
  }, stepMs);
  return () => clearInterval(timer);
}
