import { describe, expect, test } from "vitest";
import { countsOf, listOf, neighbour } from "../src/state/lists";
import { anna, at, me, row } from "./rows";

const all = { text: "" };
const ids = (rows: readonly { conversationId: string }[]) => rows.map((one) => one.conversationId);

describe("lists", () => {
  test("the queue has who waits longest on top", () => {
    const rows = [row("b", { waitingSince: at(5) }), row("a", { waitingSince: at(1) }), row("c", { openedAt: at(3) })];
    expect(ids(listOf(rows, "queue", "me", all))).toEqual(["a", "c", "b"]);
  });

  test("mine has those who wait for an answer before the others, and nothing of colleagues", () => {
    const rows = [
      row("answered", { status: "open", assignee: me, lastAt: at(9) }),
      row("waits", { status: "open", assignee: me, waitingSince: at(4), lastAt: at(4) }),
      row("longer", { status: "open", assignee: me, waitingSince: at(2), lastAt: at(8) }),
      row("hers", { status: "open", assignee: anna }),
    ];
    expect(ids(listOf(rows, "mine", "me", all))).toEqual(["longer", "waits", "answered"]);
  });

  test("team has what colleagues hold and what waits for a team", () => {
    const rows = [
      row("hers", { status: "open", assignee: anna }),
      row("mine", { status: "open", assignee: me }),
      row("team", { team: { id: "t", name: "Baggage" } }),
      row("queue"),
    ];
    expect(ids(listOf(rows, "team", "me", all)).sort()).toEqual(["hers", "team"]);
  });

  test("snoozed ones show in their own list only, the soonest first", () => {
    const rows = [
      row("late", { status: "snoozed", snoozedUntil: at(90) }),
      row("soon", { status: "snoozed", snoozedUntil: at(30) }),
    ];
    expect(ids(listOf(rows, "snoozed", "me", all))).toEqual(["soon", "late"]);
    for (const view of ["queue", "mine", "team", "all", "closed"] as const) expect(listOf(rows, view, "me", all)).toEqual([]);
  });

  test("every word of the search must be somewhere: name, topic, last line, tags or holder", () => {
    const rows = [
      row("a", { visitor: { id: "1", name: "Мария Оливейра", identified: true }, topic: "Lost bag", tags: ["vip"] }),
      row("b", { topic: "Lost phone" }),
    ];
    expect(ids(listOf(rows, "all", "me", { text: "LOST мария" }))).toEqual(["a"]);
    expect(ids(listOf(rows, "all", "me", { text: "vip" }))).toEqual(["a"]);
    expect(listOf(rows, "all", "me", { text: "lost vip phone" })).toEqual([]);
  });

  test("an inbox leaves out the rows of others", () => {
    expect(ids(listOf([row("a"), row("b", { inboxId: "other" })], "all", "me", { text: "", inboxId: "other" }))).toEqual(["b"]);
  });

  test("rows of the same moment keep their order, whatever order they come in", () => {
    const rows = ["d", "a", "c", "b"].map((id) => row(id));
    expect(ids(listOf(rows, "queue", "me", all))).toEqual(ids(listOf([...rows].reverse(), "queue", "me", all)));
  });

  test("counts are those of the lists", () => {
    const rows = [
      row("a"),
      row("b", { team: { id: "t", name: "T" } }),
      row("c", { status: "open", assignee: me, unread: 3 }),
      row("d", { status: "open", assignee: anna, unread: 1 }),
      row("e", { status: "snoozed" }),
      row("f", { status: "closed" }),
    ];
    expect(countsOf(rows, "me")).toEqual({ queue: 2, mine: 1, unread: 1, team: 2, snoozed: 1 });
  });

  test("moving stops at the ends and begins at the top", () => {
    const rows = [row("a"), row("b")];
    expect(neighbour(rows, undefined, 1)?.conversationId).toBe("a");
    expect(neighbour(rows, "a", 1)?.conversationId).toBe("b");
    expect(neighbour(rows, "b", 1)?.conversationId).toBe("b");
    expect(neighbour(rows, "a", -1)?.conversationId).toBe("a");
    expect(neighbour([], "a", 1)).toBeUndefined();
  });
});
