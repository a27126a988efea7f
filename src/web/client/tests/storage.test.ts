import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { SimulatedChat } from "./simulated-chat";
import { SimulatedServer } from "./simulated-server";
import { bodies, until } from "./waiting";
import "fake-indexeddb/auto";

const name = "chat";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([
  [
    "throws",
    () => ({
      open: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    }),
  ],
  ["is not there", () => undefined],
])("a chat works from memory where IndexedDB %s", async (_, blocked) => {
  vi.stubGlobal("indexedDB", blocked());
  const server = new SimulatedServer(Math.random);
  const chat = new SimulatedChat(server, new BrowserStorage(name));
  await chat.start();
  const opening = chat.open("one");
  chat.send(opening, "two");
  await until(chat.conversations, () => bodies(chat.only).length === 2 && chat.waiting === 0);

  expect([...server.logs.values()][0]?.events.map((event) => event.data?.body)).toEqual([undefined, "one", "two"]);
  chat.vanish();
});

test("a value that could not be stored is newer than what is, until one can be stored again", async () => {
  const storage = new BrowserStorage(name);
  await storage.write("session", "first");
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  await storage.write("session", "second");
  expect([await storage.read("session"), await new BrowserStorage(name).read("session")]).toEqual(["second", "first"]);
  await storage.write("session", "third");

  expect([await storage.read("session"), await new BrowserStorage(name).read("session")]).toEqual(["third", "third"]);
});

test("a database that fails later costs nothing that this page holds", async () => {
  const server = new SimulatedServer(Math.random);
  const storage = new BrowserStorage(name);
  const chat = new SimulatedChat(server, storage);
  await chat.start();
  chat.open("one");
  await until(chat.conversations, () => bodies(chat.only).length === 1 && chat.waiting === 0);
  // The connection to the database ends under the page, as when a user clears what a site stores.
  storage.close();
  vi.stubGlobal("indexedDB", {
    open: () => {
      throw new DOMException("gone", "UnknownError");
    },
  });
  chat.send(chat.only?.id ?? "", "two");
  await until(chat.conversations, () => bodies(chat.only).length === 2 && chat.waiting === 0);

  expect(storage.isShared).toBe(false);
  expect([...server.logs.values()][0]?.events.at(-1)?.data?.body).toBe("two");
  chat.vanish();
});
