import type { Pushes, PushTarget } from "@gapless-chat/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PollLink, type PollServices } from "../src/poll";
import { ServerClock } from "../src/server-clock";
import { TokenKeeper } from "../src/token";

const at = "2026-11-30T09:15:00.250Z";

let calls: string[];
let ids: string[];
let epoch: number;
let pushed: [string, unknown][];
let link: PollLink;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  [calls, ids, epoch, pushed] = [[], ["c1"], 1, []];
  const clock = new ServerClock();
  const tokens = new TokenKeeper(async () => ({ token: "t", expiresAt: new Date(Date.now() + 3_600_000).toISOString() }), clock);
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
  { body }: { body?: { cursors: { conversationId: string }[] } } = {},
): Promise<unknown> {
  calls.push(`${verb} ${path.split("?")[0]}`);
  if (path === "/me") return Promise.resolve({ kind: "visitor", id: "v", inboxes: [] });
  if (path === "/conversations?limit=50") return Promise.resolve({ rows: ids.map((id) => ({ row: { conversationId: id } })) });
  if (path === "/sync")
    return Promise.resolve({ conversations: body?.cursors.map(({ conversationId }) => page(conversationId)) });
  // A poll: over at once where its epoch is not that of the log.
  const isWaited = path.includes(`epoch=${epoch}`) || calls.length > 100;
  return isWaited ? new Promise(() => undefined) : Promise.resolve({ epoch, events: [], hasMore: false });
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
    tokens: { get: async () => "t" },
    clock: new ServerClock(),
  } as unknown as PollServices;
  link = new PollLink(services, () => undefined);
  await link.invoke("Hello", { protocol: 1, deviceId: "device-1", cursors: [] });
  await vi.advanceTimersByTimeAsync(3000);

  expect(calls.filter((call) => call.endsWith("/events")).length).toBeLessThan(6);
});
