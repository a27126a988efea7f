import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { ChatError } from "../src/errors";
import { type Delivered, Outbox } from "../src/outbox";
import type { OutboxItem } from "../src/outbox-item";
import type { ClientStorage } from "../src/storage";
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

/** Whose changes are answered when the test says so. */
function outboxOf(storage: ClientStorage): Outbox {
  return new Outbox(storage, {
    deliver: (sent) => {
      delivered.push(sent);
      return new Promise<Delivered>((resolve) => answers.push(() => resolve({ result: { status: "ok" } })));
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
  const outbox = new Outbox(storage, {
    deliver: () => Promise.reject(new ChatError("conflict")),
    changed: () => undefined,
    stored: () => undefined,
    told: () => undefined,
    resolve: (id) => id,
  });
  outbox.open();
  outbox.add({ ...item("c"), method: "OpenConversation", request: {} });
  outbox.add(item("text"));

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

describe("an opening that was refused", () => {
  const opening = { ...item("opening"), conversationId: "opening", method: "OpenConversation" as const, request: {} };
  const behind = (name: string) => ({ ...item(name), conversationId: "opening" });
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
