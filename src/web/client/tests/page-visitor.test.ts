import { afterEach, expect, test, vi } from "vitest";
import { createVisitorChat, type VisitorChat } from "../src/index";
import { openKeyValueStorage } from "../src/key-value";
import { AppStore } from "./app-store";
import { bodies, until } from "./waiting";

const url = "http://chat.example";
let chat: VisitorChat;

afterEach(async () => {
  await chat.stop();
  vi.unstubAllGlobals();
});

test("a chat that is stopped while it starts stays stopped", async () => {
  const fetched = vi.fn(async () => {
    throw new TypeError("no network");
  });
  vi.stubGlobal("fetch", fetched);
  chat = createVisitorChat({ url, inbox: "demo", storage: await openKeyValueStorage(new AppStore()) });
  const started = chat.start();
  await chat.stop();
  await started;

  expect([chat.connection.value.status, fetched.mock.calls]).toEqual(["stopped", []]);
});

test("what one user had is out of sight for the next one, also without a network", async () => {
  let isDown = false;
  vi.stubGlobal("WebSocket", undefined);
  vi.stubGlobal("fetch", async (address: string, { body = "{}", signal }: { body?: string; signal: AbortSignal }) => {
    if (address.endsWith("/visitor/session")) return json(sessionOf(JSON.parse(body).identityToken ?? "anna"));
    if (isDown) throw new TypeError("no network");
    if (address.endsWith("/me")) return json({ kind: "visitor", id: "anna", inboxes: [] });
    if (address.includes("/conversations?")) return json({ rows: [{ row: { conversationId: "c1" } }] });
    if (address.endsWith("/sync")) return json({ conversations: [page] });
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  chat = createVisitorChat({ url, inbox: "demo", storage: "memory", identity: async () => "anna" });
  await chat.start();
  await until(chat.conversations, (all) => bodies(all.get("c1")).length === 1);
  isDown = true;
  await chat.identify("bea");
  await until(chat.connection, ({ status }) => status !== "online");

  await vi.waitFor(() => expect(chat.conversations.value.size).toBe(0));
});

function json(value: unknown): Response {
  return new Response(JSON.stringify(value));
}

function sessionOf(visitorId: string) {
  return { token: visitorId, refreshToken: visitorId, visitorId, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
}

const at = "2026-11-30T09:15:00.250Z";
const page = {
  conversation: {
    id: "c1",
    inboxId: "i",
    visitor: { id: "anna", identified: true },
    status: "open",
    openedAt: at,
    lastAt: at,
  },
  epoch: 1,
  events: [
    {
      conversationId: "c1",
      epoch: 1,
      seq: 1,
      type: "message",
      at,
      actor: { kind: "operator", id: "o" },
      data: { body: "Anna's" },
    },
  ],
  seq: 1,
  hasMore: false,
  reset: false,
  cursors: [],
};
