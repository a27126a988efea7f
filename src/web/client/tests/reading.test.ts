import type { MethodName } from "@gapless-chat/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChatError } from "../src/errors";
import type { OnPush, Result } from "../src/link";
import { MemoryStorage } from "../src/storage";
import { SimulatedChat } from "./simulated-chat";
import { chance, SimulatedServer } from "./simulated-server";
import { bodies } from "./waiting";

let server: SimulatedServer;
let chat: SimulatedChat;
let calls: { method: MethodName; at: number; seq: number | undefined }[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  server = new SimulatedServer(chance(1));
  calls = [];
  const answer = server.answer.bind(server);
  server.answer = (method, request, from) => {
    calls.push({ method, at: Date.now(), seq: (request as { seq?: number }).seq });
    return answer(method, request, from);
  };
  chat = new SimulatedChat(server, new MemoryStorage());
  await chat.start();
  chat.open("hello");
  await vi.advanceTimersByTimeAsync(1000);
});

afterEach(() => {
  chat.vanish();
  vi.useRealTimers();
});

const made = (method: MethodName) => calls.filter((call) => call.method === method);
const id = () => chat.only?.id ?? "";

test("what arrives is told as delivered once a second at most, and the last of it for sure", async () => {
  for (let i = 0; i < 10; i++) {
    server.says(`answer ${i}`);
    await vi.advanceTimersByTimeAsync(200);
  }
  await vi.advanceTimersByTimeAsync(5000);

  const delivered = made("Delivered");
  expect(delivered.at(-1)?.seq).toBe(chat.only?.seq);
  expect(delivered.length).toBeLessThanOrEqual(3);
  expect(made("Read")).toEqual([]);
  expect(chat.only?.unread).toBe(10);
});

test("a device that is woken tells what it has, though another one of the visitor was ahead of it", async () => {
  const next = (chat.only?.seq ?? 0) + 1;
  server.deliversElsewhere(next + 1);
  await vi.advanceTimersByTimeAsync(1000);
  server.says("known to be on the tablet");
  await vi.advanceTimersByTimeAsync(2000);
  expect(made("Delivered")).toEqual([]);

  chat.isWoken = true;
  server.says("and this as well");
  await vi.advanceTimersByTimeAsync(2000);

  expect(made("Delivered").map(({ seq }) => seq)).toEqual([next + 1]);
});

test("what is unread is counted over all conversations", async () => {
  chat.open("and another thing");
  await vi.advanceTimersByTimeAsync(1000);
  const counts: number[] = [];
  chat.unread.subscribe((count) => counts.push(count));

  server.says("to both");
  await vi.advanceTimersByTimeAsync(1000);
  for (const conversation of chat.conversations.value.keys()) chat.read(conversation);
  await vi.advanceTimersByTimeAsync(1000);

  expect(counts.at(-1)).toBe(0);
  expect(Math.max(...counts)).toBe(2);
  expect(chat.unread.value).toBe(0);
});

test("a hidden chat reads nothing until it is seen again", async () => {
  server.says("are you there?");
  await vi.advanceTimersByTimeAsync(1000);
  chat.visible(false);
  chat.read(id());
  await vi.advanceTimersByTimeAsync(5000);
  expect([made("Read").length, chat.only?.unread]).toEqual([0, 1]);

  const synced = made("Sync").length;
  chat.visible(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect([made("Read").length, chat.only?.unread]).toEqual([1, 0]);
  expect(made("Sync").length).toBe(synced + 1);
});

test("a hidden chat that is seen again has read what was there when it was read, and not what came after", async () => {
  chat.visible(false);
  server.says("are you there?");
  await vi.advanceTimersByTimeAsync(1000);
  const { seq } = chat.only ?? {};
  chat.read(id());
  server.says("nobody has seen this");
  await vi.advanceTimersByTimeAsync(1000);

  chat.visible(true);
  await vi.advanceTimersByTimeAsync(2000);

  expect(made("Read").map((call) => call.seq)).toEqual([seq]);
  expect(chat.only?.unread).toBe(1);
});

test("what was read without a connection is told when there is one", async () => {
  server.says("are you there?");
  await vi.advanceTimersByTimeAsync(1000);
  server.faults = 1;
  server.cut();
  await vi.advanceTimersByTimeAsync(1000);
  chat.read(id());
  await vi.advanceTimersByTimeAsync(5000);
  server.faults = 0;
  await vi.advanceTimersByTimeAsync(40_000);

  expect(made("Read").at(-1)?.seq).toBe(chat.only?.seq);
});

test("a page that does not have what was pushed is asked for again, until a node has heard of the new log", async () => {
  const link = server.connect.bind(server);
  let push: OnPush = () => undefined;
  server.connect = (onPush) => {
    push = onPush;
    return link(onPush);
  };
  server.cut();
  await vi.advanceTimersByTimeAsync(5000);
  const log = server.logs.get(id());
  const news = {
    type: "message",
    actor: { kind: "operator", id: "o" },
    data: { body: "news" },
    at: "2026-11-30T09:15:00.250Z",
  } as const;
  const event = { ...news, conversationId: id(), epoch: 2, seq: (chat.only?.seq ?? 0) + 1 };
  push("event", event);
  await vi.advanceTimersByTimeAsync(3000);
  expect(bodies(chat.only)).toEqual(["hello"]);
  expect(made("Sync").length).toBeGreaterThan(1);
  expect(made("Sync").length).toBeLessThan(6);

  server.epoch = 2;
  if (log) log.events = [...log.events.map((held) => ({ ...held, epoch: 2 })), event];
  await vi.advanceTimersByTimeAsync(2000);
  expect(bodies(chat.only)).toEqual(["hello", "news"]);
  const asked = made("Sync").length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(made("Sync")).toHaveLength(asked);
});

test("typing is told every 3 s at most, and anew after a message", async () => {
  for (let i = 0; i < 50; i++) {
    chat.typing(id());
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(made("Typing")).toHaveLength(2);
  chat.send(id(), "there");
  chat.typing(id());
  await vi.advanceTimersByTimeAsync(1000);
  expect(made("Typing")).toHaveLength(3);
});

test("a notice that overtakes the answer which makes its conversation known is shown with it", async () => {
  const answer = server.answer.bind(server);
  server.answer = (method, request, from) => {
    const result = answer(method, request, from);
    const conversationId = (result as Result<"OpenConversation"> | undefined)?.page?.conversation.id;
    if (conversationId) from.push("ephemeral", { conversationId, type: "queue", position: 3, ttlMs: 60_000 });
    return result;
  };
  for (let i = 0; i < 20; i++) chat.open("how long?");
  await vi.advanceTimersByTimeAsync(2000);

  const places = [...chat.conversations.value.values()].slice(1).map((conversation) => conversation.queuePosition);
  expect(places).toEqual(Array(20).fill(3));
});

test("a refusal shows on the message, blocks nothing behind it, and can be tried again or taken back", async () => {
  const answer = server.answer.bind(server);
  let isClosed = true;
  server.answer = (method, request, from) => {
    if (isClosed && (request as { body?: string }).body?.startsWith("refused")) throw new ChatError("closed");
    return answer(method, request, from);
  };
  const first = chat.send(id(), "refused once");
  const second = chat.send(id(), "refused for good");
  chat.send(id(), "fine");
  await vi.advanceTimersByTimeAsync(2000);
  const failed = chat.only?.items.filter((item) => item.state === "failed");
  expect(failed?.map((item) => [item.key, item.error])).toEqual([
    [first, "closed"],
    [second, "closed"],
  ]);
  expect(chat.only?.items.find((item) => item.body === "fine")?.state).toBe("sent");

  isClosed = false;
  chat.retry(id(), first);
  expect(chat.discard(id(), second)).toBe("refused for good");
  await vi.advanceTimersByTimeAsync(2000);
  const said = chat.only?.items.filter((item) => item.type === "message").map((item) => item.body);
  expect(said).toEqual(["hello", "fine", "refused once"]);
});
