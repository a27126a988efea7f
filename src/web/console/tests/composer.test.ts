// @vitest-environment happy-dom
import type { ConversationState } from "@gapless-chat/client";
import { beforeEach, describe, expect, test } from "vitest";
import { expectedSeq } from "../src/composer/guard";
import { matching, slashQuery } from "../src/state/canned";
import { Drafts } from "../src/state/drafts";
import { fillPlaceholders, unknownPlaceholders } from "../src/state/placeholders";
import type { CannedReply } from "../src/state/types";
import { item } from "./rows";

function state(...items: ReturnType<typeof item>[]): ConversationState {
  return { seq: items.at(-1)?.seq ?? 0, items } as unknown as ConversationState;
}

describe("the guard of stale views", () => {
  const colleague = { kind: "operator", id: "anna" } as const;

  test("what the visitor wrote while one was writing is on the screen and counts as seen", () => {
    expect(expectedSeq(state(item(1), item(2)), 1)).toBe(2);
  });

  test("a colleague's answer after the text was begun makes the server hold it", () => {
    expect(expectedSeq(state(item(1), item(2, { actor: colleague }), item(3)), 1)).toBe(1);
  });

  test("one's own answers, notes and what came before do not", () => {
    expect(expectedSeq(state(item(1), item(2, { actor: { kind: "operator", id: "me" }, mine: true })), 1)).toBe(2);
    expect(expectedSeq(state(item(1), item(2, { actor: colleague, type: "note" })), 1)).toBe(2);
    expect(expectedSeq(state(item(1, { actor: colleague }), item(2)), 2)).toBe(2);
  });

  test("a text without a beginning is sent with all that is shown", () => {
    expect(expectedSeq(state(item(1), item(2, { actor: colleague })), undefined)).toBe(2);
  });
});

function later() {
  let resolve: (isDone: boolean) => void = () => undefined;
  const promise = new Promise<boolean>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe("drafts", () => {
  beforeEach(() => localStorage.clear());

  test("are kept per conversation and per operator, over a reload", () => {
    new Drafts("me").change("a", { text: "half a sen" });
    expect(new Drafts("me").of("a").text).toBe("half a sen");
    expect(new Drafts("me").of("b").text).toBe("");
    expect(new Drafts("anna").of("a").text).toBe("");
  });

  test("leave nothing behind when they are sent or the operator signs out", () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "secret", replyTo: 4 });
    drafts.clear("a");
    expect(localStorage.getItem("console.drafts.me")).toBe("[]");
    drafts.change("b", { text: "secret" });
    drafts.wipe();
    expect(localStorage.length).toBe(0);
    expect(drafts.of("b").text).toBe("");
  });

  test("a sent note is followed by a note", () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "x", mode: "note" });
    drafts.clear("a");
    expect(drafts.of("a")).toMatchObject({ text: "", mode: "note" });
  });

  test("a correction leaves what was being written, also when its own text is empty for a moment", () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "half a reply", replyTo: 4 });
    drafts.change("a", { edit: { seq: 3, text: "", mode: "reply" } });
    expect(new Drafts("me").of("a").edit?.seq).toBe(3);
    drafts.change("a", { edit: undefined });
    expect(drafts.of("a")).toMatchObject({ text: "half a reply", replyTo: 4 });

    drafts.change("b", { edit: { seq: 3, text: "", mode: "reply" } });
    expect(drafts.of("b").edit).toBeDefined();
  });

  test("what waits to be sent is out of the field, and back before what was written since when it cannot be", async () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "first", replyTo: 4, begunAt: 7 });
    const { promise, resolve } = later();
    const sent = drafts.sendAfter("a", () => promise);
    expect(drafts.of("a").text).toBe("");
    drafts.change("a", { text: "second", begunAt: 9 });
    expect(new Drafts("me").of("a").text).toBe("first\nsecond");

    resolve(false);
    expect(await sent).toBe(false);
    expect(drafts.of("a")).toMatchObject({ text: "first\nsecond", replyTo: 4, begunAt: 7, sending: undefined });
  });

  test("what was sent takes nothing with it that was written since", async () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "first" });
    const sent = drafts.sendAfter("a", async () => true);
    drafts.change("a", { text: "second" });
    expect(await sent).toBe(true);
    expect(new Drafts("me").of("a").text).toBe("second");
  });

  test("nothing comes back to who has signed out", async () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "secret" });
    const { promise, resolve } = later();
    const sent = drafts.sendAfter("a", () => promise);
    drafts.wipe();
    resolve(false);
    await sent;
    expect(localStorage.length).toBe(0);
  });

  test("a note that comes back makes no answer of itself", () => {
    const drafts = new Drafts("me");
    drafts.change("a", { text: "Dear Maria" });
    drafts.giveBack("a", { text: "She is rude", mode: "note" });
    expect(drafts.of("a")).toMatchObject({ text: "She is rude\nDear Maria", mode: "note" });
  });

  test("the oldest go beyond a hundred", () => {
    const drafts = new Drafts("me");
    for (let n = 0; n <= 100; n++) drafts.change(`c${n}`, { text: `${n}` });
    expect(drafts.hasText("c0")).toBe(false);
    expect(drafts.hasText("c1")).toBe(true);
    expect(drafts.hasText("c100")).toBe(true);
  });

  test("live on in memory when the storage is full or blocked", () => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    try {
      const drafts = new Drafts("me");
      drafts.change("a", { text: "kept" });
      expect(drafts.of("a").text).toBe("kept");
    } finally {
      Storage.prototype.setItem = setItem;
    }
  });
});

describe("canned replies", () => {
  const reply = (shortcut: string, part: Partial<CannedReply> = {}): CannedReply => ({
    id: shortcut,
    shortcut,
    title: "",
    body: "",
    shared: false,
    ...part,
  });

  test("are called by a slash that begins a word", () => {
    expect(slashQuery("/", 1)).toEqual({ query: "", from: 0 });
    expect(slashQuery("Hi /he", 6)).toEqual({ query: "he", from: 3 });
    expect(slashQuery("line\n/при", 9)).toEqual({ query: "при", from: 5 });
    expect(slashQuery("and/or", 6)).toBeUndefined();
    expect(slashQuery("/hello there", 12)).toBeUndefined();
    expect(slashQuery("https://x", 9)).toBeUndefined();
  });

  test("are found by shortcut first, then by title and text", () => {
    const found = matching(
      [reply("x", { body: "refund" }), reply("y", { title: "Refund terms" }), reply("refund")],
      "REF",
      undefined,
    );
    expect(found.map((one) => one.shortcut)).toEqual(["refund", "y", "x"]);
  });

  test("of another inbox are not offered", () => {
    const all = [reply("own"), reply("here", { inboxId: "a" }), reply("there", { inboxId: "b" })];
    expect(matching(all, "", "a").map((one) => one.shortcut)).toEqual(["here", "own"]);
  });

  test("have their names filled in, and a visitor without a name leaves no gap", () => {
    const body = "Hello, {visitor.name}! I am {operator.name} of {inbox.name}.";
    expect(fillPlaceholders(body, { visitor: "Maria", operator: "Anna", inbox: "Skyward" })).toBe(
      "Hello, Maria! I am Anna of Skyward.",
    );
    expect(fillPlaceholders(body, { operator: "Anna", inbox: "Skyward" })).toBe("Hello! I am Anna of Skyward.");
  });

  test("a name with a placeholder in it is not filled again", () => {
    expect(fillPlaceholders("{visitor.name}", { visitor: "{operator.name} $&", operator: "Anna" })).toBe("{operator.name} $&");
  });

  test("unknown placeholders are named", () => {
    expect(unknownPlaceholders("{visitor.name} {visitor.mail} {x}")).toEqual(["{visitor.mail}", "{x}"]);
  });
});
