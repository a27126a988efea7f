import type { Pushes, PushTarget } from "@gapless-chat/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChatError } from "../src/errors";
import { PollLink, type PollServices } from "../src/poll";
import { ServerClock } from "../src/server-clock";
import { TokenKeeper } from "../src/token";

const at = "2026-11-30T09:15:00.250Z";

let calls: string[];
let ids: string[];
let epoch: number;
let pushed: [string, unknown][];
let link: PollLink;
let good: string;
let granted: number;
let refused: string | undefined;
let hangUps: (() => void)[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  [calls, ids, epoch, pushed] = [[], ["c1"], 1, []];
  const clock = new ServerClock();
  hangUps = [];
  [good, granted, refused] = ["t1", 0, undefined];
  const tokens = new TokenKeeper(async () => {
    if (refused) throw new ChatError(refused);
    return { token: `t${++granted}`, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  }, clock);
  const services = { rest: { call: answer }, tokens, clock } as unknown as PollServices;
  link = new PollLink(services, <T extends PushTarget>(target: T, payload: Pushes[T]) => pushed.push([target, payload]));
  await link.invoke("Hello", { protocol: 1, deviceId: "device-1", cursors: [] });
});

afterEach(() => {
  link.close();
  vi.useRealTimers();
});

function answer(
  verb: string,
  path: string,
  { body, token }: { body?: { cursors: { conversationId: string }[] }; token?: string } = {},
): Promise<unknown> {
  if (token !== good) return Promise.reject(new ChatError("unauthenticated"));
  calls.push(`${verb} ${path.split("?")[0]}`);
  if (path === "/me") return Promise.resolve({ kind: "visitor", id: "v", inboxes: [] });
  if (path === "/conversations?limit=50") return Promise.resolve({ rows: ids.map((id) => ({ row: { conversationId: id } })) });
  if (path === "/sync")
    return Promise.resolve({ conversations: body?.cursors.map(({ conversationId }) => page(conversationId)) });
  // A poll: over at once where its epoch is not that of the log.
  const isWaited = path.includes(`epoch=${epoch}`) || calls.length > 100;
  return isWaited
    ? new Promise((_, reject) => hangUps.push(() => reject(new ChatError("unauthenticated"))))
    : Promise.resolve({ epoch, events: [], hasMore: false });
}

function page(id: string) {
  const event = { conversationId: id, epoch: 1, seq: 1, type: "status", at, data: { status: "queued" } };
  const conversation = { id, inboxId: "i", visitor: { id: "v", identified: false }, status: "queued", openedAt: at, lastAt: at };
  return { conversation, epoch: 1, events: id === "c1" ? [] : [event], seq: 1, hasMore: false, reset: false, cursors: [] };
}

test("without a socket a conversation that another device opens is heard of within 15 s", async () => {
  ids.push("c2");
  await vi.advanceTimersByTimeAsync(15_000);

  expect(pushed).toEqual([["event", expect.objectContaining({ conversationId: "c2", seq: 1 })]]);
});

test("a node that has not heard of the log that is held is not asked without a pause", async () => {
  link.close();
  epoch = 0;
  const services = {
    rest: { call: answer },
    tokens: { use: (call: (token: string) => unknown) => call(good) },
    clock: new ServerClock(),
  } as unknown as PollServices;
  link = new PollLink(services, () => undefined);
  await link.invoke("Hello", { protocol: 1, deviceId: "device-1", cursors: [] });
  await vi.advanceTimersByTimeAsync(3000);

  expect(calls.filter((call) => call.endsWith("/events")).length).toBeLessThan(6);
});

test("a token that is refused gives way to a new one, and the waits go on with it", async () => {
  good = "t2";
  for (const hangUp of hangUps.splice(0)) hangUp();
  await vi.advanceTimersByTimeAsync(1000);

  expect([granted, hangUps.length]).toEqual([2, 1]);
});

test("where there is no other token the link ends, so that it is found out why", async () => {
  [good, refused] = ["t2", "unauthenticated"];
  let isOver = false;
  void link.ended.then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(15_000);

  expect(isOver).toBe(true);
});
