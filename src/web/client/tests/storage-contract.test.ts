import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientStorage } from "../src/storage";
import { SimulatedChat } from "./simulated-chat";
import { SimulatedServer } from "./simulated-server";
import { item, type Place, places } from "./storage-kinds";
import { bodies, until } from "./waiting";

const kinds = Object.keys(places) as (keyof typeof places)[];

describe.each(kinds)("%s", (kind) => {
  let place: Place;
  let storage: ClientStorage;

  beforeEach(async () => {
    place = await places[kind]();
    storage = await place.open();
  });

  afterEach(async () => {
    await place.close(storage);
    await place.end();
  });

  async function restart(): Promise<void> {
    await place.close(storage);
    storage = await place.open();
  }

  async function clientIds(): Promise<string[]> {
    return (await storage.items()).map(({ clientId }) => clientId);
  }

  test("items come in the order in which they were added, with their places", async () => {
    const orders = await Promise.all(["one", "two", "three"].map((name) => storage.add(item(name))));

    expect(orders).toEqual([...orders].sort((a, b) => a - b));
    expect(await storage.items()).toEqual(["one", "two", "three"].map((name, i) => ({ ...item(name), order: orders[i] })));
  });

  test("a change keeps an item's place, and does not bring back one that is settled", async () => {
    const [one = 0, two = 0] = await Promise.all([
      storage.add(item("one")),
      storage.add(item("two")),
      storage.add(item("three")),
    ]);
    await storage.put({ ...item("one"), order: one, state: "failed", error: "closed" });
    await storage.remove(two);
    await storage.put({ ...item("two"), order: two, state: "failed" });

    expect((await storage.items()).map(({ clientId, state }) => [clientId, state])).toEqual([
      ["one", "failed"],
      ["three", "queued"],
    ]);
    expect([await storage.has(one), await storage.has(two)]).toEqual([true, false]);
  });

  test("a change of an item that is not stored yet does not store it", async () => {
    await storage.add(item("one"));
    await storage.put(item("two"));

    expect(await clientIds()).toEqual(["one"]);
  });

  test("values are replaced, and everything is gone after a wipe, also what was being added", async () => {
    await storage.write("session", { deviceId: "1" });
    await storage.write("session", { deviceId: "2" });
    expect(await storage.read("session")).toEqual({ deviceId: "2" });
    expect(await storage.read("another")).toBeUndefined();

    const adding = storage.add(item("one"));
    await storage.clear();
    await adding;
    expect([await storage.read("session"), await storage.items()]).toEqual([undefined, []]);
    await storage.add(item("two"));
    expect(await clientIds()).toEqual(["two"]);
  });

  test("a chat goes through a storage from the opening to the answer, and leaves no item behind", async () => {
    const server = new SimulatedServer(Math.random);
    const chat = new SimulatedChat(server, storage);
    await chat.start();
    const opening = chat.open("one");
    chat.send(opening, "two");
    await until(chat.conversations, () => bodies(chat.only).length === 2 && chat.waiting === 0);
    chat.vanish();

    expect(await storage.items()).toEqual([]);
  });

  if (kind === "memory") return;

  test("what is kept is there for the next process, in its order", async () => {
    await storage.write("session", { deviceId: "d", text: 'ü " \n \u2028 👋' });
    const orders = await Promise.all(["one", "two", "three"].map((name) => storage.add(item(name))));
    await storage.remove(orders[1] ?? 0);
    await storage.put({ ...item("three"), order: orders[2] ?? 0, state: "failed" });
    await restart();
    await storage.add(item("four"));
    await restart();

    expect(await storage.read("session")).toEqual({ deviceId: "d", text: 'ü " \n \u2028 👋' });
    expect((await storage.items()).map(({ clientId, state }) => [clientId, state])).toEqual([
      ["one", "queued"],
      ["three", "failed"],
      ["four", "queued"],
    ]);
  });

  test("after a wipe the next process finds nothing, and begins anew", async () => {
    await storage.write("session", { deviceId: "d" });
    await storage.add(item("one"));
    await storage.clear();
    await restart();
    expect([await storage.read("session"), await storage.items()]).toEqual([undefined, []]);
    await storage.add(item("two"));
    await restart();

    expect(await clientIds()).toEqual(["two"]);
  });

  test("what was stored under the id of an opening is sent after a restart, to the conversation that came of it", async () => {
    const server = new SimulatedServer(Math.random);
    const first = new SimulatedChat(server, storage);
    await first.start();
    const opening = first.open("one");
    await until(first.conversations, () => bodies(first.only).length === 1 && first.waiting === 0);
    // More than a page: the next process is not given its beginning, which names the opening too.
    for (let i = 0; i < 10; i++) server.says("more");
    first.vanish();
    // By another tab, which had not heard of the conversation's own id, and whose browser was ended then.
    await storage.add({ ...item("two"), conversationId: opening });
    await restart();
    const second = new SimulatedChat(server, storage);
    await second.start();
    await until(second.conversations, () => second.waiting === 0);
    second.vanish();

    expect([...server.logs.values()].map((log) => log.events.at(-1)?.data?.body)).toEqual(["two"]);
  });

  test("the id that an opening gave goes on to work after a restart, at once", async () => {
    const server = new SimulatedServer(Math.random);
    const first = new SimulatedChat(server, storage);
    await first.start();
    const opening = first.open("one");
    await until(first.conversations, () => bodies(first.only).length === 1 && first.waiting === 0);
    // More than a page: its beginning, which names the opening too, is not among what the next process is given.
    for (let i = 0; i < 10; i++) server.says("more");
    await until(first.conversations, () => bodies(first.only).length === 11);
    first.vanish();
    await restart();
    const second = new SimulatedChat(server, storage);
    await second.start();
    second.send(opening, "two");
    second.send(opening, "three");
    await until(second.conversations, () => second.waiting === 0 && bodies(second.only).at(-1) === "three");
    second.vanish();

    expect([...server.logs.values()].map((log) => log.events.map((event) => event.data?.body).slice(-2))).toEqual([
      ["two", "three"],
    ]);
  });
});
