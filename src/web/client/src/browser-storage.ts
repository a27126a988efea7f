import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { OutboxItem } from "./outbox-item.ts";
import { type ClientStorage, MemoryStorage } from "./storage.ts";

interface Schema extends DBSchema {
  values: { key: string; value: unknown };
  outbox: { key: number; value: OutboxItem };
}

type Database = IDBPDatabase<Schema>;

// Some browsers never answer when a database is blocked.
const openTimeoutMs = 3000;

/** IndexedDB. Where a browser blocks it, or it fails, memory takes over for the rest of the page's life. */
export class BrowserStorage implements ClientStorage {
  #memory = new MemoryStorage();
  readonly #name: string;
  #database: Promise<Database | undefined> | undefined;
  #isShared = true;

  /** Touches nothing until it is used. */
  constructor(name: string) {
    this.#name = name;
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  /** Whether the browser lets us store. */
  async opens(): Promise<boolean> {
    return (await this.#open()) !== undefined;
  }

  read<T>(key: string): Promise<T | undefined> {
    return this.#try(
      (database) => database.get("values", key) as Promise<T | undefined>,
      (memory) => memory.read<T>(key),
    );
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#memory.write(key, value);
    await this.#try(
      (database) => database.put("values", value, key),
      () => undefined,
    );
  }

  items(): Promise<OutboxItem[]> {
    return this.#try(
      (database) => database.getAll("outbox"),
      (memory) => memory.items(),
    );
  }

  add(item: OutboxItem): Promise<number> {
    return this.#try(
      async (database) => {
        // What a person wrote must survive a power cut.
        const transaction = database.transaction("outbox", "readwrite", { durability: "strict" });
        const [order] = await Promise.all([transaction.store.add(item), transaction.done]);
        return order;
      },
      (memory) => memory.add(item),
    );
  }

  /** Changes an item that is still there: another tab may have settled it. */
  put(item: OutboxItem): Promise<void> {
    return this.#try(
      async (database) => {
        const transaction = database.transaction("outbox", "readwrite");
        if (item.order !== undefined && (await transaction.store.count(item.order)) > 0) await transaction.store.put(item);
        await transaction.done;
      },
      (memory) => memory.put(item),
    );
  }

  has(order: number): Promise<boolean> {
    return this.#try(
      async (database) => (await database.count("outbox", order)) > 0,
      (memory) => memory.has(order),
    );
  }

  remove(order: number): Promise<void> {
    return this.#try(
      (database) => database.delete("outbox", order),
      (memory) => memory.remove(order),
    );
  }

  async clear(): Promise<void> {
    await this.#memory.clear();
    await this.#try(
      async (database) => {
        await Promise.all([database.clear("values"), database.clear("outbox")]);
      },
      () => undefined,
    );
  }

  close(): void {
    void this.#database?.then((database) => database?.close());
    this.#database = undefined;
  }

  async #try<T>(stored: (database: Database) => Promise<T>, remembered: (memory: MemoryStorage) => T | Promise<T>): Promise<T>;
  async #try(stored: (database: Database) => Promise<unknown>, remembered: (memory: MemoryStorage) => unknown): Promise<unknown> {
    const database = await this.#open();
    if (database) {
      try {
        return await stored(database);
      } catch {
        this.#database = Promise.resolve(this.#fallBack());
      }
    }
    return remembered(this.#memory);
  }

  #open(): Promise<Database | undefined> {
    this.#database ??= open(this.#name, () => this.#fallBack()).catch(() => this.#fallBack());
    return this.#database;
  }

  #fallBack(): undefined {
    this.#isShared = false;
    return undefined;
  }
}

/** What an app chose, or the browser's own under this name. */
export function storageOf(chosen: "browser" | "memory" | ClientStorage | undefined, name: string): ClientStorage {
  if (typeof chosen === "object") return chosen;
  return chosen === "memory" ? new MemoryStorage() : new BrowserStorage(name);
}

// Where storing is blocked, some browsers throw at once and others have no database at all: both become rejections here.
async function open(name: string, lost: () => void): Promise<Database> {
  const opening = openDB<Schema>(name, 1, {
    upgrade(database) {
      database.createObjectStore("values");
      database.createObjectStore("outbox", { keyPath: "order", autoIncrement: true });
    },
    terminated: lost,
  });
  return Promise.race([
    opening,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("blocked")), openTimeoutMs)),
  ]);
}
