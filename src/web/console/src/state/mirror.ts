import type { Store } from "@gapless-chat/client";
import { type ReadonlySignal, signal } from "@preact/signals";

const hiddenMs = 250;

/**
 * A store of the client as a signal that changes at most once a frame, so that a burst of events is drawn once.
 * A hidden page has no frames, nor one that is hidden before its next: there a timer takes their place, for the title and notifications.
 */
export function mirror<T>(source: Store<T>): ReadonlySignal<T> {
  const out = signal(source.value);
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout>;
  const flush = () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = undefined;
    out.value = source.value;
  };
  source.subscribe(() => {
    if (frame !== undefined) return;
    frame = requestAnimationFrame(flush);
    timer = setTimeout(flush, hiddenMs);
  });
  return out;
}
