import type { KeyValueStore } from "../src/key-value";

/** As React Native's AsyncStorage: outlives the app, answers later, and fails when it is told to. */
export class AppStore implements KeyValueStore {
  readonly values = new Map<string, string>();
  isFull = false;

  async getItem(key: string): Promise<string | null> {
    await soon();
    return this.values.get(key) ?? null;
  }

  async setItem(key: string, value: string): Promise<void> {
    await soon();
    if (this.isFull) throw new Error("SQLITE_FULL");
    this.values.set(key, value);
  }

  async removeItem(key: string): Promise<void> {
    await soon();
    this.values.delete(key);
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
