import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { Locks } from "./locks";
import { SimulatedChat } from "./simulated-chat";
import { chance, SimulatedServer } from "./simulated-server";
import { badNetworkPatienceMs, bodies, until } from "./waiting";

let browser: string;
let server: SimulatedServer;
const tabs = new Set<SimulatedChat>();
const Channel = BroadcastChannel;
const channels = new Map<SimulatedChat, BroadcastChannel>();

beforeEach(() => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  browser = `chat ${crypto.randomUUID()}`;
  server = new SimulatedServer(Math.random);
});

afterEach(() => {
  for (const tab of tabs) close(tab);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function openTab(patienceMs?: number): Promise<SimulatedChat> {
  const tab = new SimulatedChat(server, new BrowserStorage(browser));
  tabs.add(tab);
  vi.stubGlobal(
    "BroadcastChannel",
    class extends Channel {
      constructor(name: string) {
        super(name);
        channels.set(tab, this);
      }
    },
  );
  await tab.start(browser);
  await until(tab.connection, (state) => state.status === "online", patienceMs);
  return tab;
}

function close(tab: SimulatedChat): void {
  tab.vanish();
  tabs.delete(tab);
}

const isSaid = (count: number) => (all: SimulatedChat["conversations"]["value"]) =>
  [...all.values()].some((one) => one.items.filter((item) => item.type === "message" && item.seq !== undefined).length === count);

function log(): (string | undefined)[] {
  return [...server.logs.values()].flatMap(({ events }) =>
    events.filter((event) => event.type === "message").map((event) => event.data?.body),
  );
}

test("two tabs have one connection and show the same", async () => {
  const first = await openTab();
  first.open("one");
  await until(first.conversations, isSaid(1));
  const second = await openTab();
  await until(second.conversations, isSaid(1));
  second.send(second.only?.id ?? "", "two");
  await until(first.conversations, isSaid(2));
  server.says("three");
  await Promise.all([first, second].map((tab) => until(tab.conversations, isSaid(3))));

  expect(server.connections).toBe(1);
  expect(second.connection.value.transport).toBe("shared");
  expect(bodies(second.only)).toEqual(["one", "two", "three"]);
  expect(second.only?.items).toEqual(first.only?.items);
  expect(log()).toEqual(["one", "two", "three"]);
});

test("a tab that follows opens a conversation and learns its id", async () => {
  await openTab();
  const second = await openTab();
  second.open("hello");
  await until(second.conversations, isSaid(1));

  expect(second.conversations.value.size).toBe(1);
  expect(second.only?.id).toBe([...server.logs.keys()][0]);
});

test("when the leading tab closes, the other one leads, and sends what it was asked to meanwhile", async () => {
  const first = await openTab();
  first.open("one");
  await until(first.conversations, isSaid(1));
  const second = await openTab();
  await until(second.conversations, isSaid(1));
  server.faults = 1;
  server.cut();
  await until(second.connection, (state) => state.status !== "online");
  const id = second.only?.id ?? "";
  first.send(id, "two, in the first tab");
  second.send(id, "three, in the second");
  await until(second.conversations, (all) => all.get(id)?.items.at(-1)?.state === "sending");
  await until(first.conversations, (all) => bodies(all.get(id)).length === 3);
  close(first);
  server.faults = 0;

  await until(second.conversations, isSaid(3));
  expect(second.isLeading).toBe(true);
  expect(log()).toEqual(["one", "two, in the first tab", "three, in the second"]);
});

test("what was read in a tab that follows is told, and stays read, when another one comes to lead", async () => {
  const told: number[] = [];
  const answer = server.answer.bind(server);
  server.answer = (method, request, from) => {
    if (method === "Read") told.push((request as { seq: number }).seq);
    return answer(method, request, from);
  };
  const first = await openTab();
  first.open("one");
  await until(first.conversations, isSaid(1));
  const [second, third] = [await openTab(), await openTab()];
  for (const [body, count] of [
    ["two", 2],
    ["three", 3],
  ] as const) {
    server.says(body);
    await Promise.all([second, third].map((tab) => until(tab.conversations, isSaid(count))));
    third.read(third.only?.id ?? "");
    // Of the second one it is told a second later.
    await vi.waitFor(() => expect(told).toEqual([3]));
  }
  close(first);

  await vi.waitFor(() => expect(told).toEqual([3, 4]), { timeout: 15_000 });
  await Promise.all([second, third].map((tab) => until(tab.conversations, () => tab.only?.unread === 0)));
});

test("what a tab wrote right before it was closed goes out through the other one", async () => {
  const first = await openTab();
  first.open("one");
  await until(first.conversations, isSaid(1));
  const second = await openTab();
  await until(second.conversations, isSaid(1));
  second.send(second.only?.id ?? "", "last words");
  close(second);

  await until(first.conversations, isSaid(2));
  expect(log()).toEqual(["one", "last words"]);
});

test("a tab that starts tries again where the server has ended the leading tab's connection", async () => {
  const first = await openTab();
  server.cut("revoked");
  await until(first.connection, ({ status }) => status === "stopped");

  await openTab();

  expect(first.connection.value.status).toBe("online");
  expect(server.connections).toBe(1);
});

test("a leading tab that sleeps loses the lead to one that has something to send, and follows when it wakes", async () => {
  const first = await openTab();
  first.open("one");
  await until(first.conversations, isSaid(1));
  const second = await openTab();
  await until(second.conversations, isSaid(1));
  const wake = asleep(first);
  second.send(second.only?.id ?? "", "is anybody there?");
  await until(second.conversations, isSaid(2));
  expect([second.isLeading, first.isLeading]).toEqual([true, false]);
  wake();
  server.says("welcome back");
  await until(first.conversations, isSaid(3));
  first.send(first.only?.id ?? "", "I am");
  await until(second.conversations, isSaid(4));

  expect(log()).toEqual(["one", "is anybody there?", "welcome back", "I am"]);
  expect(server.connections).toBe(1);
}, 40_000);

test("a leading tab that sleeps loses the lead to one that only listens", async () => {
  const first = await openTab();
  first.open("one");
  await until(first.conversations, isSaid(1));
  const second = await openTab();
  await until(second.conversations, isSaid(1));
  asleep(first);
  await until(second.connection, ({ transport }) => transport === "socket");
  server.says("Here is your bag.");

  await until(second.conversations, isSaid(2));
}, 40_000);

test("a tab that is opened while the leading one sleeps comes online", async () => {
  asleep(await openTab());
  const second = await openTab();

  expect(second.connection.value).toEqual({ status: "online", transport: "socket" });
}, 40_000);

describe("a tab that cannot store any more goes on by itself", () => {
  /** As where the disk is full: the next item is refused. */
  function fill(): void {
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementationOnce(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
  }

  async function openTwo(): Promise<[SimulatedChat, SimulatedChat, string]> {
    const first = await openTab();
    first.open("one");
    await until(first.conversations, isSaid(1));
    const second = await openTab();
    await until(second.conversations, isSaid(1));
    return [first, second, second.only?.id ?? ""];
  }

  test("when it follows: what it could not store goes out", async () => {
    const [first, second, id] = await openTwo();
    fill();
    second.send(id, "two");
    await until(first.conversations, isSaid(2));
    first.send(id, "three");
    await until(second.conversations, isSaid(3));

    expect([first.isLeading, second.isLeading]).toEqual([true, true]);
    expect(log()).toEqual(["one", "two", "three"]);
  });

  test("when it leads: what the others store goes out by one of them", async () => {
    const [first, second, id] = await openTwo();
    fill();
    first.send(id, "two");
    await until(second.conversations, isSaid(2));
    second.send(id, "three");
    await until(first.conversations, isSaid(3));

    expect(second.isLeading).toBe(true);
    expect(log()).toEqual(["one", "two", "three"]);
  });
});

/** The tab hears nothing of the others until it is woken. */
function asleep(tab: SimulatedChat): () => void {
  const channel = channels.get(tab);
  const hear = channel?.onmessage ?? null;
  if (channel) channel.onmessage = null;
  return () => {
    if (channel) channel.onmessage = hear;
  };
}

test("tabs that come and go over a bad network lose and double nothing", async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`seed ${seed}`);
  const random = chance(seed);
  server = new SimulatedServer(random);
  const first = await openTab();
  first.open("0");
  await until(first.conversations, isSaid(1));
  server.faults = 0.05;
  const said = ["0"];
  for (let round = 0; round < 40; round++) {
    const open = [...tabs];
    const tab = open[Math.floor(random() * open.length)];
    if (!tab || (open.length < 3 && random() < 0.3)) await openTab(badNetworkPatienceMs);
    else if (open.length > 1 && random() < 0.2) close(tab);
    else if (tab.only) {
      said.push(String(said.length));
      tab.send(tab.only.id, said.at(-1) ?? "");
    }
    if (random() < 0.1) server.cut();
    if (random() < 0.5) await server.delay();
  }
  server.faults = 0;
  const last = await openTab(badNetworkPatienceMs);
  server.says("the end");
  await until(last.conversations, isSaid(said.length + 1), badNetworkPatienceMs);

  expect(
    log()
      .filter((body) => body !== "the end")
      .sort(),
  ).toEqual([...said].sort());
}, 240_000);
