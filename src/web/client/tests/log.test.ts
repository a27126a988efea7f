import type { ChatEvent, ConversationPage, EventType } from "@gapless-chat/protocol";
import { expect, test } from "vitest";
import { LiveConversation } from "../src/live-conversation";
import { ConversationLog } from "../src/log";

function event(
  seq: number,
  type: EventType = "message",
  data: ChatEvent["data"] = { body: `text ${seq}` },
  epoch = 1,
): ChatEvent {
  return { conversationId: "c", epoch, seq, type, actor: { kind: "visitor" }, at: "2026-11-30T09:15:00.250Z", data };
}

function page(events: ChatEvent[], changes: Partial<ConversationPage> = {}): ConversationPage {
  const conversation = {
    id: "c",
    inboxId: "i",
    visitor: { id: "v", identified: false },
    status: "open" as const,
    openedAt: "2026-11-30T09:15:00.250Z",
    lastAt: "2026-11-30T09:15:00.250Z",
  };
  return { conversation, epoch: 1, events, seq: events.at(-1)?.seq ?? 0, hasMore: false, reset: false, cursors: [], ...changes };
}

function holding(...events: ChatEvent[]): ConversationLog {
  const log = new ConversationLog();
  log.applyPage(page(events));
  return log;
}

const bodies = (log: ConversationLog) => log.events.map(({ data }) => data?.body);

test("what comes ahead waits for what is missing", () => {
  const log = holding(event(1));

  expect([log.apply(event(3)), log.seq, log.hasHole]).toEqual(["ahead", 1, true]);
  expect([log.apply(event(2)), log.seq, log.hasHole]).toEqual(["applied", 3, false]);
  expect(log.apply(event(3))).toBe("known");
});

test("an event of a newer log makes what is held void, and waits for the page of that log", () => {
  const log = holding(event(1), event(2));

  expect(log.apply(event(8, "message", { body: "new" }, 2))).toBe("void");
  log.applyPage(
    page([event(6, "message", { body: "six" }, 2), event(7, "message", { body: "seven" }, 2)], { epoch: 2, reset: true }),
  );

  expect([log.epoch, log.first, log.seq, log.hasOlder]).toEqual([2, 6, 8, true]);
  expect(bodies(log)).toEqual(["six", "seven", "new"]);
  expect(log.apply(event(9))).toBe("known");
});

test("a reset of the same log goes back to what the server has", () => {
  const log = holding(event(1), event(2), event(3));
  log.applyPage(page([event(1), event(2)], { reset: true }));

  expect(log.seq).toBe(2);
  expect(log.apply(event(3, "message", { body: "another third" }))).toBe("applied");
});

test("a page that was read earlier takes nothing back", () => {
  const log = holding(event(1), event(2), event(3));

  expect(log.applyPage(page([event(2)]))).toBe(false);
  expect(log.seq).toBe(3);
});

test("an edit counts when it is newer than the one that the text has, and none after a deletion", () => {
  const log = holding(
    event(1, "message", { body: "third form", editedSeq: 3 }),
    event(2, "edited", { targetSeq: 1, body: "second form" }),
  );
  expect(log.at(1)?.data?.body).toBe("third form");

  log.apply(event(3, "edited", { targetSeq: 1, body: "third form" }));
  log.apply(event(4, "edited", { targetSeq: 1, body: "fourth form" }));
  expect(log.at(1)?.data).toEqual({ body: "fourth form", editedSeq: 4 });
  log.apply(event(5, "edited", { targetSeq: 1, deletedSeq: 6 }));
  expect(log.at(1)?.data).toEqual({ body: "fourth form", editedSeq: 5 });
  log.apply(event(6, "deleted", { targetSeq: 1 }));
  log.apply(event(7, "edited", { targetSeq: 1, body: "too late" }));
  expect(log.at(1)?.data).toEqual({ editedSeq: 5, deletedSeq: 6 });
  expect(JSON.stringify(log.events)).not.toContain("form");
});

test("a change of a message that is not held yet is there when the message comes, though its page was read before", () => {
  const log = new ConversationLog();
  log.applyPage(page([event(51), event(52)], { hasMore: true }));
  log.apply(event(53, "edited", { targetSeq: 49, body: "edited" }));
  log.apply(event(54, "edited", { targetSeq: 50, body: "gone soon" }));
  log.apply(event(55, "deleted", { targetSeq: 50 }));
  log.apply(event(56, "edited", { targetSeq: 50, body: "too late" }));

  expect(log.prepend(1, [event(49), event(50)])).toBe(true);
  expect([log.first, log.at(49)?.data, log.at(50)?.data]).toEqual([49, { body: "edited", editedSeq: 53 }, { deletedSeq: 55 }]);
});

test("older events of another log, or that leave a hole, are not taken", () => {
  const log = new ConversationLog();
  log.applyPage(page([event(51)]));

  expect(log.prepend(2, [event(50, "message", {}, 2)])).toBe(false);
  expect(log.prepend(1, [event(48), event(49)])).toBe(false);
  expect(log.first).toBe(51);
});

test("a type that nobody knows counts and carries on", () => {
  const log = holding(event(1));

  expect(log.apply(event(2, "weather" as EventType, {}))).toBe("applied");
  expect(log.apply({ conversationId: "c", epoch: 1, seq: 3 })).toBe("applied");
  expect(log.seq).toBe(3);
});

test("an event of the visitor says who he is and leaves with what he came", () => {
  const self = { side: "operator", id: "o" } as const;
  const live = new LiveConversation("c", () => undefined);
  const device = { browser: "Chrome 141" };
  const came = page([event(1)]);
  live.applyPage(
    { ...came, conversation: { ...came.conversation, visitor: { id: "v", identified: false, device } } },
    self,
    false,
  );

  live.apply(event(2, "visitor", { code: "blocked", visitor: { id: "w", name: "Vera", identified: true, blocked: true } }));
  const blocked = live.state([], self).conversation?.visitor;
  live.apply(event(3, "visitor", { code: "unblocked", visitor: { id: "w", name: "Vera", identified: true } }));

  expect(blocked).toEqual({ id: "w", name: "Vera", identified: true, blocked: true, device });
  expect(live.state([], self).conversation?.visitor.blocked).toBe(false);
});
