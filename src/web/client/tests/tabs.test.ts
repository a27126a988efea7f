import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { Locks } from "./locks";
import { SimulatedChat } from "./simulated-chat";
import { chance, SimulatedServer } from "./simulated-server";
import { bodies, until } from "./waiting";

let browser: string;
let server: SimulatedServer;
const tabs = new Set<SimulatedChat>();

beforeEach(() => {
  vi.stubGlobal("navigator", { locks: new Locks() });
  browser = `chat ${crypto.randomUUID()}`;
  server = new SimulatedServer(Math.random);
});

afterEach(() => {
  for (const tab of tabs) close(tab);
  vi.unstubAllGlobals();
});

async function openTab(): Promise<SimulatedChat> {
  const tab = new SimulatedChat(server, new BrowserStorage(browser));
  tabs.add(tab);
  await tab.start(browser);
  await until(tab.connection, (state) => state.status === "online");
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
    if (!tab || (open.length < 3 && random() < 0.3)) await openTab();
    else if (open.length > 1 && random() < 0.2) close(tab);
    else if (tab.only) {
      said.push(String(said.length));
      tab.send(tab.only.id, said.at(-1) ?? "");
    }
    if (random() < 0.1) server.cut();
    if (random() < 0.5) await server.delay();
  }
  server.faults = 0;
  const last = await openTab();
  server.says("the end");
  await until(last.conversations, isSaid(said.length + 1));

  expect(
    log()
      .filter((body) => body !== "the end")
      .sort(),
  ).toEqual([...said].sort());
}, 60_000);
