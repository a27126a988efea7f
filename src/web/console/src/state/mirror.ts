import type { Store } from "@chat/client";
import { type ReadonlySignal, signal } from "@preact/signals";

const hiddenMs = 250;

/**
 * A store of the client as a signal that changes at most once a frame, so that a burst of events is drawn once.
 * A hidden page has no frames: there a timer takes their place, for the title and notifications.
 */
export function mirror<T>(source: Store<T>): ReadonlySignal<T> {
  const out = signal(source.value);
  let isDue = false;
  const flush = () => {
    isDue = false;
    out.value = source.value;
  };
  source.subscribe(() => {
    if (isDue) return;
    isDue = true;
    if (document.hidden) setTimeout(flush, hiddenMs);
    else requestAnimationFrame(flush);
  });
  return out;
}
