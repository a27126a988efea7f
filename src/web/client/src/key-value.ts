import { type Change, type Held, type Keeper, KeptStorage } from "./kept-storage.ts";

export type { KeptStorage } from "./kept-storage.ts";

/** Of React Native's AsyncStorage, or of a store that encrypts. `setItem` replaces a value whole or not at all, and keeps it when it resolves. */
export interface KeyValueStore {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
}

/**
 * Keeps the session and what is not sent yet in a store of the app, for one chat under each name: a key for each message that waits, and one that
 * lists them. Rejects when the store cannot be read.
 */
export async function openKeyValueStorage(store: KeyValueStore, name = "chat"): Promise<KeptStorage> {
  if (typeof globalThis.crypto?.getRandomValues !== "function") {
    throw new Error(
      "crypto.getRandomValues is missing. In React Native import react-native-get-random-values before @gapless-chat/client.",
    );
  }
  return KeptStorage.open(new KeyValueKeeper(store, name));
}

/** Names are listed before they are written, so that whatever is there can be found, and wiped. */
class KeyValueKeeper implements Keeper {
  readonly #store: KeyValueStore;
  readonly #listKey: string;
  #listed = new Set<string>();

  constructor(store: KeyValueStore, listKey: string) {
    this.#store = store;
    this.#listKey = listKey;
  }

  async load(): Promise<Held> {
    const list = await this.#store.getItem(this.#listKey);
    const held = new Map<string, unknown>();
    for (const name of list === null ? [] : (JSON.parse(list) as string[])) {
      const text = await this.#store.getItem(this.#keyOf(name));
      if (text !== null) held.set(name, JSON.parse(text));
    }
    this.#listed = new Set(held.keys());
    return held;
  }

  async keep(changes: readonly Change[]): Promise<void> {
    await this.#list(changes.filter(([, value]) => value !== undefined).map(([name]) => name));
    for (const [name, value] of changes) {
      if (value !== undefined) await this.#store.setItem(this.#keyOf(name), JSON.stringify(value));
      else {
        await this.#store.removeItem(this.#keyOf(name));
        this.#listed.delete(name);
      }
    }
    if (this.#listed.size === 0) await this.#store.removeItem(this.#listKey);
  }

  async keepAll(held: Held): Promise<void> {
    const gone = [...this.#listed].filter((name) => !held.has(name));
    await this.keep([...gone.map((name) => [name, undefined] as const), ...held]);
  }

  async wipe(): Promise<void> {
    for (const name of this.#listed) await this.#store.removeItem(this.#keyOf(name));
    await this.#store.removeItem(this.#listKey);
    this.#listed.clear();
  }

  async close(): Promise<void> {
    // A store belongs to its app.
  }

  // What is gone is taken from the list with the next that comes.
  async #list(names: readonly string[]): Promise<void> {
    if (names.every((name) => this.#listed.has(name))) return;
    const listed = new Set([...this.#listed, ...names]);
    await this.#store.setItem(this.#listKey, JSON.stringify([...listed]));
    this.#listed = listed;
  }

  // Secure stores take letters, digits and dots.
  #keyOf(name: string): string {
    return `${this.#listKey}.${name}`;
  }
}
