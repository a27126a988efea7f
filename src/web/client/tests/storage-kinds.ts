import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { openKeyValueStorage } from "../src/key-value";
import { openFileStorage } from "../src/node";
import { type ClientStorage, MemoryStorage } from "../src/storage";
import { AppStore } from "./app-store";
import "fake-indexeddb/auto";

/** A place where a storage keeps things. `open` is a process that begins; `close` one that ends. */
export interface Place {
  open(): Promise<ClientStorage>;
  close(storage: ClientStorage): Promise<void>;
  end(): Promise<void>;
}

const nothing = async () => undefined;

export const places: Record<"memory" | "IndexedDB" | "file" | "key-value", () => Promise<Place>> = {
  async memory() {
    return { open: async () => new MemoryStorage(), close: nothing, end: nothing };
  },
  async IndexedDB() {
    vi.stubGlobal("indexedDB", new IDBFactory());
    return {
      open: async () => new BrowserStorage("chat"),
      close: async (storage) => (storage as BrowserStorage).close(),
      end: async () => void vi.unstubAllGlobals(),
    };
  },
  async file() {
    const folder = await mkdtemp(join(tmpdir(), "chat-storage-"));
    return {
      open: () => openFileStorage(folder),
      close: (storage) => (storage as Awaited<ReturnType<typeof openFileStorage>>).close(),
      end: () => rm(folder, { recursive: true }),
    };
  },
  async "key-value"() {
    const store = new AppStore();
    return {
      open: () => openKeyValueStorage(store),
      close: (storage) => (storage as Awaited<ReturnType<typeof openKeyValueStorage>>).close(),
      end: nothing,
    };
  },
};

export function item(clientId: string) {
  return { clientId, conversationId: "c", method: "Send" as const, request: { body: clientId }, at: 0, state: "queued" as const };
}
