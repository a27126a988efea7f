import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { type Delivered, Outbox } from "../src/outbox";
import type { OutboxItem } from "../src/outbox-item";
import type { ClientStorage } from "../src/storage";
import { item } from "./storage-kinds";
import "fake-indexeddb/auto";

let delivered: OutboxItem[];
let answers: (() => void)[];

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  delivered = [];
  answers = [];
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
