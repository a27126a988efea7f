import type { Store } from "../src/store";
import type { ConversationState, TimelineItem } from "../src/types";

const usualPatienceMs = 15_000;

/** Outlasts several calls in a row that are never answered: each ends after 10 s, and a pause follows. */
export const badNetworkPatienceMs = 60_000;

/** The store's first value that fits; fails with what it held instead. */
export function until<T, U extends T>(store: Store<T>, fits: (value: T) => value is U, patienceMs?: number): Promise<U>;
export function until<T>(store: Store<T>, fits: (value: T) => boolean, patienceMs?: number): Promise<T>;
export function until<T>(store: Store<T>, fits: (value: T) => boolean, patienceMs = usualPatienceMs): Promise<T> {
  if (fits(store.value)) return Promise.resolve(store.value);
  return new Promise((resolve, reject) => {
    const end = store.subscribe((value) => {
      if (!fits(value)) return;
      clearTimeout(timer);
      end();
      resolve(value);
    });
    const timer = setTimeout(() => {
      end();
      reject(new Error(`Waited in vain; it is ${print(store.value)}`));
    }, patienceMs);
  });
}

function print(value: unknown): string {
  return JSON.stringify(value instanceof Map ? [...value] : value, null, 1).slice(0, 6000);
}

export function messages(conversation: ConversationState | undefined): TimelineItem[] {
  return conversation?.items.filter((item) => item.type === "message") ?? [];
}

export function bodies(conversation: ConversationState | undefined): (string | undefined)[] {
  return messages(conversation).map((item) => item.body);
}
