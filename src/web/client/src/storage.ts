import type { OutboxItem } from "./outbox-item.ts";

/** What outlives a page: the session and the outbox. No method rejects: where storing fails, this tab goes on from memory. */
export interface ClientStorage {
  /** Whether other tabs see the same; a storage may cease to be shared, never the reverse. */
  readonly isShared: boolean;
  /** Resolves when it ceases to be shared. */
  readonly parted?: Promise<void>;
  read<T>(key: string): Promise<T | undefined>;
  write(key: string, value: unknown): Promise<void>;
  /** In the order in which they were added, by any tab. */
  items(): Promise<OutboxItem[]>;
  /** Gives the item's place in the order. */
  add(item: OutboxItem): Promise<number>;
  put(item: OutboxItem): Promise<void>;
  has(order: number): Promise<boolean>;
  remove(order: number): Promise<void>;
  clear(): Promise<void>;
}

// Above all numbers that a database gives, so that what was stored before the memory took over is told apart.
const firstOrder = 2 ** 40;

/** Keeps things as long as the page lives. */
export class MemoryStorage implements ClientStorage {
  readonly isShared = false;
  #values = new Map<string, unknown>();
  #items = new Map<number, OutboxItem>();
  #next = firstOrder;

  async read<T>(key: string): Promise<T | undefined> {
    return this.#values.get(key) as T | undefined;
  }

  async write(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
  }

  async items(): Promise<OutboxItem[]> {
    return [...this.#items.values()];
  }

  async add(item: OutboxItem): Promise<number> {
    const order = this.#next++;
    this.#items.set(order, { ...item, order });
    return order;
  }

  async put(item: OutboxItem): Promise<void> {
    if (item.order !== undefined && this.#items.has(item.order)) this.#items.set(item.order, { ...item });
  }

  async has(order: number): Promise<boolean> {
    return order < firstOrder || this.#items.has(order);
  }

  async remove(order: number): Promise<void> {
    this.#items.delete(order);
  }

  async clear(): Promise<void> {
    this.#values.clear();
    this.#items.clear();
  }
}
