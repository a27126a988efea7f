import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { ChatError } from "../src/errors";
import { openKeyValueStorage } from "../src/key-value";
import { type Delivered, Outbox } from "../src/outbox";
import type { OutboxItem } from "../src/outbox-item";
import type { ClientStorage } from "../src/storage";
import { AppStore } from "./app-store";
import { item } from "./storage-kinds";
import "fake-indexeddb/auto";

let delivered: OutboxItem[];
let answers: (() => void)[];
let aliases: Map<string, string>;

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  delivered = [];
  answers = [];
  aliases = new Map();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const opening = { ...item("opening"), conversationId: "opening", method: "OpenConversation" as const, request: {} };
const behind = (name: string) => ({ ...item(name), conversationId: "opening" });

/** Whose changes are answered, or refused, when the test says so; an opening gives the conversation c. */
function outboxOf(storage: ClientStorage, refusal?: ChatError): Outbox {
  return new Outbox(storage, {
    deliver: (sent) => {
      delivered.push(sent);
      return new Promise<Delivered>((resolve, reject) =>
        answers.push(() => {
          if (refusal) return reject(refusal);
          if (sent.method !== "OpenConversation") return resolve({ result: { status: "ok" } });
          aliases.set(sent.clientId, "c");
          resolve({ result: { status: "ok" }, conversationId: "c" });
        }),
      );
    },
    changed: () => undefined,
    stored: () => undefined,
    told: () => undefined,
    resolve: (id) => aliases.get(id) ?? id,
  });
}

/** Sends everything; gives what was sent, in its order. */
async function sentBy(outbox: Outbox, count: number): Promise<string[]> {
  outbox.open();
  for (let i = 0; i < count; i++) {
    await vi.waitFor(() => expect(answers).toHaveLength(i + 1));
    answers[i]?.();
  }
  return delivered.map(({ clientId }) => clientId);
}

test("what waits for an opening that is refused as a conflict says that there are too many", async () => {
  const storage = new BrowserStorage("chat");
  const outbox = outboxOf(storage, new ChatError("conflict"));
  outbox.add({ ...item("c"), method: "OpenConversation", request: {} });
  outbox.add(item("text"));
  await sentBy(outbox, 1);

  await vi.waitFor(() => expect(outbox.of("c").map(({ error }) => error)).toEqual(["too_many_open", "too_many_open"]));
});

test("what is written after the store has failed goes out behind what was stored before", async () => {
  const storage = new BrowserStorage("chat");
  const outbox = outboxOf(storage);
  outbox.add(item("one"));
  await vi.waitFor(() => expect(outbox.of("c")[0]?.order).toBeDefined());
  vi.spyOn(IDBObjectStore.prototype, "add").mockImplementationOnce(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  outbox.add(item("two"));
  await vi.waitFor(() => expect(outbox.of("c")[1]?.order).toBeDefined());
  await outbox.reload();

  expect(await sentBy(outbox, 2)).toEqual(["one", "two"]);
});

test("what another tab stored under the id of an opening goes to the conversation that came of it, in its order", async () => {
  const storage = new BrowserStorage("chat");
  await storage.add({ ...item("one"), conversationId: "opening" });
  await storage.add(item("two"));
  aliases.set("opening", "c");
  const outbox = outboxOf(storage);
  await outbox.reload();

  expect(await sentBy(outbox, 2)).toEqual(["one", "two"]);
  expect(delivered.map(({ conversationId }) => conversationId)).toEqual(["c", "c"]);
});

test.each([
  ["IndexedDB", async () => new BrowserStorage("chat")],
  ["an app's store", () => openKeyValueStorage(new AppStore())],
])("what is written at the moment of an opening's answer goes out behind it, from %s", async (_, open) => {
  const outbox = outboxOf(await open());
  outbox.add(opening);
  outbox.add(behind("one"));
  outbox.open();
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  await vi.waitFor(() => expect(outbox.of("opening").every(({ order }) => order !== undefined)).toBe(true));
  answers[0]?.();
  outbox.add(behind("two"));
  for (const sent of [2, 3]) {
    await vi.waitFor(() => expect(answers).toHaveLength(sent));
    answers.at(-1)?.();
  }

  expect(delivered.map(({ clientId }) => clientId)).toEqual(["opening", "one", "two"]);
  await vi.waitFor(() => expect([...outbox.of("opening"), ...outbox.of("c")]).toEqual([]));
});

test("what is written at the moment of an opening's refusal is refused with it, and can be discarded for good", async () => {
  const storage = new BrowserStorage("chat");
  const outbox = outboxOf(storage, new ChatError("invalid"));
  outbox.add(opening);
  outbox.open();
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  answers[0]?.();
  outbox.add(behind("one"));
  await vi.waitFor(async () => expect((await storage.items()).map(({ state }) => state)).toEqual(["failed", "failed"]));
  for (const each of outbox.of("opening")) outbox.discard(each);

  await vi.waitFor(async () => expect(await storage.items()).toEqual([]));
});

test("what is tried again while the store is read goes out", async () => {
  const storage = new BrowserStorage("chat");
  await storage.add({ ...item("one"), state: "failed", error: "invalid" });
  const outbox = outboxOf(storage);
  await outbox.reload();
  const reading = outbox.reload();
  for (const each of outbox.of("c")) outbox.retry(each);
  await reading;

  expect(await sentBy(outbox, 1)).toEqual(["one"]);
});

test("what is dropped while it is being stored does not stay in the store", async () => {
  const storage = new BrowserStorage("chat");
  const outbox = outboxOf(storage);
  outbox.add(item("one"));
  await vi.waitFor(() => expect(outbox.of("c")[0]?.order).toBeDefined());
  outbox.open();
  const disowned = outbox.disown();
  outbox.add(item("two"));
  await disowned;

  await vi.waitFor(async () => expect(await storage.items()).toEqual([]));
});

test("a read of the store that began before everything was cleared brings nothing back", async () => {
  const storage = new BrowserStorage("chat");
  await storage.add(item("one"));
  const outbox = outboxOf(storage);
  const reading = outbox.reload();
  outbox.clear();
  await reading;

  expect(outbox.of("c")).toEqual([]);
});

describe("an opening that was refused", () => {
  let outbox: Outbox;

  beforeEach(async () => {
    const storage = new BrowserStorage("chat");
    for (const each of [opening, behind("one"), behind("two")]) await storage.add({ ...each, state: "failed", error: "invalid" });
    outbox = outboxOf(storage);
    await outbox.reload();
  });

  test("is sent once more with what waits behind it, whichever of it is tried again", async () => {
    const [, , two] = outbox.of("opening");
    if (two) outbox.retry(two);
    await sentBy(outbox, 1);

    await vi.waitFor(() => expect(delivered.map(({ clientId }) => clientId)).toEqual(["opening", "one"]));
  });

  test("is sent once more, too, when something else is written behind it", async () => {
    outbox.add(behind("three"));
    await sentBy(outbox, 1);

    await vi.waitFor(() => expect(delivered.map(({ clientId }) => clientId)).toEqual(["opening", "one"]));
    expect(outbox.of("opening").filter(({ state }) => state === "failed")).toEqual([]);
  });

  test("goes with the last text that is discarded", () => {
    const [, one, two] = outbox.of("opening");
    if (one) outbox.discard(one);
    expect(outbox.of("opening").map(({ clientId }) => clientId)).toEqual(["opening", "two"]);
    if (two) outbox.discard(two);

    expect(outbox.of("opening")).toEqual([]);
  });
});
