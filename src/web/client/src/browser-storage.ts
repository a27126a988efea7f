import type { OutboxItem } from "./outbox-item.ts";
import { type ClientStorage, MemoryStorage } from "./storage.ts";

// Some browsers never answer when a database is blocked.
const openTimeoutMs = 3000;
const stores = ["values", "outbox"] as const;

type Stored<T> = (database: IDBDatabase) => Promise<T>;
type Remembered<T> = (memory: MemoryStorage) => T | Promise<T>;

/**
 * IndexedDB, by itself: every visitor would load a library's kilobyte, and Hermes does not compile the usual one. Where a browser blocks it, or it
 * fails, memory takes over the outbox for the rest of the page's life, and of the values those that cannot be stored.
 */
export class BrowserStorage implements ClientStorage {
  readonly parted: Promise<void>;
  #part: () => void = () => undefined;
  #memory = new MemoryStorage();
  readonly #name: string;
  #database: Promise<IDBDatabase | undefined> | undefined;
  #isShared = true;

  /** Touches nothing until it is used. */
  constructor(name: string) {
    this.#name = name;
    this.parted = new Promise((resolve) => {
      this.#part = resolve;
    });
  }

  get isShared(): boolean {
    return this.#isShared;
  }

  /** Whether the browser lets us store. */
  async opens(): Promise<boolean> {
    return (await this.#open()) !== undefined && this.#isShared;
  }

  async read<T>(key: string): Promise<T | undefined> {
    // What could not be stored is newer than what is.
    const kept = await this.#memory.read<T>(key);
    if (kept !== undefined) return kept;
    return this.#try(
      (database) => run(database, "values", "readonly", (values) => values.get(key)),
      () => undefined,
    );
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#try(
      async (database) => {
        await run(database, "values", "readwrite", (values) => values.put(value, key));
        await this.#memory.write(key, undefined);
      },
      (memory) => memory.write(key, value),
    );
  }

  items(): Promise<OutboxItem[]> {
    return this.#inOutbox(
      (database) => run(database, "outbox", "readonly", (outbox) => outbox.getAll()),
      (memory) => memory.items(),
    );
  }

  add(item: OutboxItem): Promise<number> {
    return this.#inOutbox(
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
    await this.#inOutbox(
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
    return this.#inOutbox(
      async (database) => (await run(database, "outbox", "readonly", (outbox) => outbox.count(order))) > 0,
      (memory) => memory.has(order),
    );
  }

  remove(order: number): Promise<void> {
    return this.#inOutbox(
      (database) => run(database, "outbox", "readwrite", (outbox) => outbox.delete(order)),
      (memory) => memory.remove(order),
    );
  }

  async clear(): Promise<void> {
    await this.#memory.clear();
    await this.#try<unknown>(
      (database) => Promise.all(stores.map((name) => run(database, name, "readwrite", (store) => store.clear()))),
      () => undefined,
    );
  }

  close(): void {
    void this.#database?.then((database) => database?.close());
    this.#database = undefined;
  }

  /** What follows an item that is in memory is there too, so that there is one order. */
  async #inOutbox<T>(stored: Stored<T>, remembered: Remembered<T>): Promise<T> {
    return this.#isShared ? this.#try(stored, remembered) : remembered(this.#memory);
  }

  async #try<T>(stored: Stored<T>, remembered: Remembered<T>): Promise<T> {
    const database = await this.#open();
    try {
      if (database) return await stored(database);
    } catch {
      this.#fallBack();
    }
    return remembered(this.#memory);
  }

  #open(): Promise<IDBDatabase | undefined> {
    this.#database ??= open(this.#name, () => this.#fallBack()).catch(() => this.#fallBack());
    return this.#database;
  }

  #fallBack(): undefined {
    this.#isShared = false;
    this.#part();
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
