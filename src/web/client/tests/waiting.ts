import type { Store } from "../src/store";
import type { ConversationState, TimelineItem } from "../src/types";

const patienceMs = 15_000;

/** The store's first value that fits; fails with what it held instead. */
export function until<T, U extends T>(store: Store<T>, fits: (value: T) => value is U): Promise<U>;
export function until<T>(store: Store<T>, fits: (value: T) => boolean): Promise<T>;
export function until<T>(store: Store<T>, fits: (value: T) => boolean): Promise<T> {
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
