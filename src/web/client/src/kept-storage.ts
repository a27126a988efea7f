import type { OutboxItem } from "./outbox-item.ts";
import type { ClientStorage } from "./storage.ts";

/** One change of what is kept; without a value the name is gone. */
export type Change = readonly [name: string, value: unknown];
export type Held = ReadonlyMap<string, unknown>;

/** Where things are kept. Each method is called after the one before has ended. */
export interface Keeper {
  load(): Promise<Held>;
  /** Keeps changes before it resolves. A crash in between leaves a part of them, from the first on. `held`: what there is with them, and perhaps more. */
  keep(changes: readonly Change[], held: Held): Promise<void>;
  /** Makes this all that is kept, whatever went wrong before. */
  keepAll(held: Held): Promise<void>;
  /** Leaves nothing that can be read, also where there is no room to write. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  change: Change | "wipe";
  done(): void;
}

const itemPrefix = "item.";
const valuePrefix = "value.";

/**
 * Held in memory, and kept elsewhere in the order of the calls, those that come together at once. What cannot be kept is held all the same, and kept
 * with all the rest as soon as that is possible.
 */
export class KeptStorage implements ClientStorage {
  readonly isShared = false;
  readonly #keeper: Keeper;
  #held: Map<string, unknown>;
  /** Items whose `add` has not resolved: nobody else shall see them before. */
  #unkept = new Set<string>();
  #next: number;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #error: unknown;
  #isClosed = false;

  private constructor(keeper: Keeper, held: Held) {
    this.#keeper = keeper;
    const changes = [...held].sort(([a], [b]) => orderOf(a) - orderOf(b));
    this.#held = new Map(changes);
    this.#next = Math.max(0, orderOf(changes.at(-1)?.[0] ?? "")) + 1;
  }

  /** Rejects when what is kept cannot be read. Whoever opens it closes it, after the chat has stopped. */
  static async open(keeper: Keeper): Promise<KeptStorage> {
    return new KeptStorage(keeper, await keeper.load());
  }

  async read<T>(key: string): Promise<T | undefined> {
    return this.#held.get(valuePrefix + key) as T | undefined;
  }

  write(key: string, value: unknown): Promise<void> {
    return this.#change(valuePrefix + key, value);
  }

  async items(): Promise<OutboxItem[]> {
    const kept = [...this.#held].filter(([name]) => name.startsWith(itemPrefix) && !this.#unkept.has(name));
    return kept.map(([, item]) => item as OutboxItem);
  }

  async add(item: OutboxItem): Promise<number> {
    const order = this.#next++;
    const name = itemPrefix + order;
    this.#unkept.add(name);
    await this.#change(name, { ...item, order });
    this.#unkept.delete(name);
    return order;
  }

  async put(item: OutboxItem): Promise<void> {
    const name = itemPrefix + item.order;
    if (this.#held.has(name)) await this.#change(name, item);
  }

  async has(order: number): Promise<boolean> {
    return this.#held.has(itemPrefix + order);
  }

  async remove(order: number): Promise<void> {
    const name = itemPrefix + order;
    if (this.#held.has(name)) await this.#change(name, undefined);
  }

  clear(): Promise<void> {
    this.#held.clear();
    return this.#ask("wipe");
  }

  /** Resolves when everything that was handed over is kept; rejects when it is not. */
  async flush(): Promise<void> {
    await this.#working;
    if (this.#error !== undefined) throw this.#error;
  }

  /** Waits for what is on its way. What comes afterwards is not kept. */
  async close(): Promise<void> {
    await this.#working;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error ??= new Error("The storage is closed.");
    await this.#keeper.close();
  }

  #change(name: string, value: unknown): Promise<void> {
    if (value === undefined) this.#held.delete(name);
    else this.#held.set(name, value);
    return this.#ask([name, value]);
  }

  #ask(change: Change | "wipe"): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((done) => {
      this.#waiting.push({ change, done });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    // What is asked for in one go is kept in one go.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#keep(batch.map(({ change }) => change));
        this.#error = undefined;
      } catch (error) {
        this.#error = error;
      }
      for (const { done } of batch) done();
    }
    this.#working = undefined;
  }

  async #keep(changes: (Change | "wipe")[]): Promise<void> {
    if (changes.includes("wipe")) await this.#keeper.wipe();
    else if (this.#error === undefined && !changes.some(takesBack)) return this.#keeper.keep(changes as Change[], this.#held);
    await this.#keeper.keepAll(this.#held);
  }
}

/** A value may be a secret: what is past of it shall not be readable either. */
function takesBack(change: Change | "wipe"): boolean {
  return change !== "wipe" && change[1] === undefined && change[0].startsWith(valuePrefix);
}

/** Place of an item; other names come first. */
function orderOf(name: string): number {
  return name.startsWith(itemPrefix) ? Number(name.slice(itemPrefix.length)) : -1;
}
