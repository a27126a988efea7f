import type { InboxRow } from "@gapless-chat/protocol";
import { afterEach, describe, expect, test, vi } from "vitest";
import { InboxRows } from "../src/inbox-rows";
import { createOperatorChat } from "../src/index";

// As where no WebSocket comes through.
vi.mock("../src/socket", async () => {
  const { ChatError, network } = await import("../src/errors");
  return { openSocket: () => Promise.reject(new ChatError(network)) };
});

function row(conversationId: string, seq = 1, lastAt = "2026-11-30T09:15:00.000Z"): InboxRow {
  const visitor = { id: "visitor-1", identified: false };
  return { conversationId, epoch: 1, seq, status: "queued", visitor, openedAt: lastAt, lastAt };
}

const inShop = (given: InboxRow): InboxRow => ({ ...given, inboxId: "shop" });

describe("an answer", () => {
  const held = (lists: InboxRows) => [...lists.rows.value].map(([id, { inboxId, seq }]) => `${inboxId} ${id} ${seq}`);

  test("takes what is closed out of the lists, and puts each row into its inbox", () => {
    const lists = new InboxRows();
    lists.take({ rows: [inShop(row("bag")), inShop(row("coat"))], hasMore: false }, lists.rows.value);
    lists.take({ rows: [{ ...row("hat"), inboxId: "help" }, inShop(row("coat", 2))], hasMore: false }, lists.rows.value);

    expect(held(lists)).toEqual(["shop coat 2", "help hat 1"]);
  });

  test("leaves what was pushed while it was on its way", () => {
    const lists = new InboxRows();
    lists.take({ rows: [inShop(row("bag")), inShop(row("coat"))], hasMore: false }, lists.rows.value);
    const before = lists.rows.value;
    for (const pushed of [row("bag", 2), row("hat")])
      lists.receive({ kind: "push", target: "inbox", payload: { inboxId: "shop", row: pushed } });
    // Who comes and goes changes no row: it is closed all the same.
    lists.receive({
      kind: "push",
      target: "ephemeral",
      payload: { conversationId: "coat", type: "presence", ttlMs: 1, online: true },
    });
    lists.take({ rows: [inShop(row("bag"))], hasMore: false }, before);

    expect(held(lists)).toEqual(["shop bag 2", "shop hat 1"]);
  });

  test("takes the place of what was held, also where it has not everything", () => {
    const lists = new InboxRows();
    const all = ["first", "second", "third"].map((id) => inShop(row(id)));
    lists.take({ rows: [...all, { ...row("help"), inboxId: "help" }], hasMore: false }, lists.rows.value);
    const before = lists.rows.value;
    lists.receive({ kind: "push", target: "inbox", payload: { inboxId: "shop", row: row("third", 2) } });
    lists.take({ rows: all.slice(0, 1), hasMore: true }, before);

    expect(held(lists)).toEqual(["shop first 1", "shop third 2"]);
  });
});

describe("over REST", () => {
  const inboxes = ["shop", "help"];
  let open: Record<string, InboxRow[]>;
  let lists: number;

  function answer(path: string): unknown {
    if (path.endsWith("/operator/session")) {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      return { token: "token", expiresAt, operator: { id: "anna", name: "Anna" }, role: "operator", mustChangePassword: false };
    }
    if (path.endsWith("/me")) return { kind: "operator", id: "anna", name: "Anna", role: "operator", inboxes };
    if (path.endsWith("/operators")) return { operators: [] };
    lists++;
    return { rows: inboxes.flatMap((inboxId) => (open[inboxId] ?? []).map((each) => ({ inboxId, row: each }))) };
  }

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("the lists of all inboxes come by one call before they count as listed, and follow what changes elsewhere", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
    vi.stubGlobal("fetch", async (url: string) => Response.json(answer(url)));
    open = { shop: [row("bag"), row("coat")], help: [row("hat")] };
    lists = 0;
    const chat = createOperatorChat({ url: "https://chat.example", storage: "memory" });
    chat.watch(inboxes);
    const seen: string[][] = [];
    chat.listed.subscribe(() => seen.push([...chat.rows.value.values()].map((each) => `${each.inboxId} ${each.conversationId}`)));
    await chat.signIn({ email: "anna@example.com", password: "secret" });
    await vi.waitFor(() => expect(chat.listed.value).toEqual(inboxes), { timeout: 10_000 });
    open = { shop: [row("bag"), row("scarf")], help: [] };
    await vi.advanceTimersByTimeAsync(15_000);
    await chat.stop();

    expect(seen).toEqual([["shop bag", "shop coat", "help hat"]]);
    expect([...chat.rows.value.keys()]).toEqual(["bag", "scarf"]);
    expect(lists).toBe(2);
  });
});
