import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemoryStorage } from "../src/storage";
import { SimulatedChat } from "./simulated-chat";
import { chance, SimulatedServer } from "./simulated-server";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Step =
  | { kind: "send" | "answer" | "note" | "edit" | "cut" | "restart" | "loseTail" | "foreground" | "older" }
  | { kind: "wait"; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Step>({ kind: "send" }) },
  {
    weight: 6,
    arbitrary: fc.record<Step & { kind: "wait" }>({ kind: fc.constant("wait"), ms: fc.integer({ min: 0, max: 15_000 }) }),
  },
  ...(["answer", "note", "edit", "cut", "restart", "foreground", "older", "loseTail"] as const).map((kind) => ({
    weight: kind === "answer" ? 6 : 1,
    arbitrary: fc.constant<Step>({ kind }),
  })),
);

test("whatever the network does, every message is in the server's log once and in order, and the client holds that log", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(0, 0.02, 0.1, 0.3), fc.array(step, { maxLength: 60, size: "max" }), story),
    { numRuns: 600 },
  );
}, 120_000);

async function story(seed: number, faults: number, steps: readonly Step[]): Promise<void> {
  const random = chance(seed);
  vi.spyOn(Math, "random").mockImplementation(random);
  const server = new SimulatedServer(random);
  const storage = new MemoryStorage();
  server.faults = faults;
  let chat = new SimulatedChat(server, storage);
  await chat.start();
  const sent = ["0"];
  let id = chat.open("0");
  await vi.advanceTimersByTimeAsync(500);

  for (const each of steps) {
    if (each.kind === "send") {
      sent.push(String(sent.length));
      chat.send(id, sent.at(-1) ?? "");
    } else if (each.kind === "restart") {
      chat.vanish();
      chat = new SimulatedChat(server, storage);
      await chat.start();
      // As an app that shows the one conversation there is.
      await vi.advanceTimersByTimeAsync(0);
      id = chat.only?.id ?? [...server.logs.keys()][0] ?? id;
    } else await happen(each, server, chat);
  }

  // What was lost at the end of a log shows when something follows it.
  server.faults = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  server.says("the last word");
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  const [log] = server.logs.values();
  const said = log?.events.filter((event) => event.actor?.kind === "visitor" && event.type === "message");
  expect(said?.map((event) => event.data?.body)).toEqual(sent);
  expect(server.logs.size).toBe(1);
  expect(chat.waiting).toBe(0);
  expect(chat.conversations.value.size).toBe(1);
  const held = chat.log(log?.id ?? "");
  expect(held?.seq).toBe(log?.events.length);
  expect(held?.events.map(present)).toEqual(log?.events.slice((held?.first ?? 1) - 1).map(present));
  chat.vanish();
}

async function happen(each: Step, server: SimulatedServer, chat: SimulatedChat): Promise<void> {
  switch (each.kind) {
    case "answer":
      return server.says(`answer ${Math.random()}`);
    case "note":
      return server.notes();
    case "edit":
      return server.edits(`edited ${Math.random()}`);
    case "cut":
      return server.cut();
    case "loseTail":
      return server.loseTail();
    case "foreground":
      chat.visible(false);
      return chat.visible(true);
    case "older":
      chat.loadOlder(chat.only?.id ?? "").catch(() => undefined);
      return;
    case "wait":
      await vi.advanceTimersByTimeAsync(each.ms);
  }
}

// An edit's own text is not held: it lives in its message.
function present({ seq, type, data }: { seq: number; type: string; data?: { body?: string } }) {
  return { seq, type, body: type === "edited" ? undefined : data?.body };
}
