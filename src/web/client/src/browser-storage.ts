import type { OutboxItem } from "./outbox-item.ts";
import { type ClientStorage, MemoryStorage } from "./storage.ts";

// Some browsers never answer when a database is blocked.
const openTimeoutMs = 3000;
const stores = ["values", "outbox"] as const;

/**
 * IndexedDB, by itself: every visitor would load a library's kilobyte, and Hermes does not compile the usual one. Where a browser blocks it, or it
 * fails, memory takes over for the rest of the page's life.
 */
export class BrowserStorage implements ClientStorage {
  #memory = new MemoryStorage();
  readonly #name: string;
  #database: Promise<IDBDatabase | undefined> | undefined;
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
      (database) => run(database, "values", "readonly", (values) => values.get(key)),
      (memory) => memory.read<T>(key),
    );
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#memory.write(key, value);
    await this.#try(
      (database) => run(database, "values", "readwrite", (values) => values.put(value, key)),
      () => undefined,
    );
  }

  items(): Promise<OutboxItem[]> {
    return this.#try(
      (database) => run(database, "outbox", "readonly", (outbox) => outbox.getAll()),
      (memory) => memory.items(),
    );
  }

  add(item: OutboxItem): Promise<number> {
    return this.#try(
      // What a person wrote must survive a power cut.
      (database) =>
        run(database, "outbox", "readwrite", (outbox) => outbox.add(item), { durability: "strict" }) as Promise<number>,
      (memory) => memory.add(item),
    );
  }

  /** Changes an item that is still there: another tab may have settled it. */
  async put(item: OutboxItem): Promise<void> {
    const { order } = item;
    if (order === undefined) return;
    await this.#try(
      (database) =>
        run(database, "outbox", "readwrite", (outbox) => {
          const found: IDBRequest = outbox.count(order);
          found.onsuccess = () => {
            if (found.result > 0) outbox.put(item);
          };
          return found;
        }),
      (memory) => memory.put(item),
    );
  }

  has(order: number): Promise<boolean> {
    return this.#try(
      async (database) => (await run(database, "outbox", "readonly", (outbox) => outbox.count(order))) > 0,
      (memory) => memory.has(order),
    );
  }

  remove(order: number): Promise<void> {
    return this.#try(
      (database) => run(database, "outbox", "readwrite", (outbox) => outbox.delete(order)),
      (memory) => memory.remove(order),
    );
  }

  async clear(): Promise<void> {
    await this.#memory.clear();
    await this.#try(
      (database) => Promise.all(stores.map((name) => run(database, name, "readwrite", (store) => store.clear()))),
      () => undefined,
    );
  }

  close(): void {
    void this.#database?.then((database) => database?.close());
    this.#database = undefined;
  }

  async #try<T>(stored: (database: IDBDatabase) => Promise<T>, remembered: (memory: MemoryStorage) => T | Promise<T>): Promise<T>;
  async #try(
    stored: (database: IDBDatabase) => Promise<unknown>,
    remembered: (memory: MemoryStorage) => unknown,
  ): Promise<unknown> {
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

  #open(): Promise<IDBDatabase | undefined> {
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
function open(name: string, lost: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    setTimeout(reject, openTimeoutMs);
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(stores[0]);
      request.result.createObjectStore(stores[1], { keyPath: "order", autoIncrement: true });
    };
    request.onerror = reject;
    request.onsuccess = () => {
      request.result.onclose = lost;
      resolve(request.result);
    };
  });
}

/** One transaction. Its result counts when it is committed. */
function run<T>(
  database: IDBDatabase,
  name: (typeof stores)[number],
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
  options?: IDBTransactionOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, options);
    const request = ask(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = reject;
  });
}
