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
});

function item(clientId: string) {
  return { clientId, conversationId: "c", method: "Send" as const, request: { body: clientId }, at: 0, state: "queued" as const };
}

test("what is stored is there for the next page, in the order in which it was added", async () => {
  const first = new BrowserStorage(name);
  await Promise.all([
    first.write("session", { deviceId: "d" }),
    first.add(item("one")),
    first.add(item("two")),
    first.add(item("three")),
  ]);
  await first.remove(2);
  first.close();
  const second = new BrowserStorage(name);

  expect(await second.read("session")).toEqual({ deviceId: "d" });
  expect((await second.items()).map(({ clientId }) => clientId)).toEqual(["one", "three"]);
  expect([await second.has(1), await second.has(2)]).toEqual([true, false]);
});

test("a change of an item that another tab has settled does not bring it back", async () => {
  const storage = new BrowserStorage(name);
  const order = await storage.add(item("one"));
  await storage.remove(order);
  await storage.put({ ...item("one"), order, state: "failed" });

  expect(await storage.items()).toEqual([]);
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
