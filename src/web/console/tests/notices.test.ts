// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { snoozeTimes } from "../src/actions/snooze-times";
import { newsSince } from "../src/notify/news";
import { wanted } from "../src/state/following";
import { parseRoute, pathOf } from "../src/state/route";
import type { ListRow } from "../src/state/types";
import { loadsOf, longestWaitMs } from "../src/supervisor/load";
import { anna, at, me, row } from "./rows";

const map = (...rows: ListRow[]) => new Map(rows.map((one) => [one.conversationId, one]));
const listed = [row("any").inboxId];
const said = (seq: number, side: "visitor" | "operator" = "visitor") => ({ seq, side, text: "x" });

describe("news", () => {
  test("are new ones in the queue and visitors' words in one's own", () => {
    const before = map(row("a", { status: "open", assignee: me, lastMessage: said(1) }), row("b"));
    const after = map(row("a", { status: "open", assignee: me, lastMessage: said(2) }), row("b"), row("c"));
    expect(newsSince({ rows: before, listed }, after, "me").map((one) => [one.kind, one.row.conversationId])).toEqual([
      ["message", "a"],
      ["queued", "c"],
    ]);
  });

  test("are neither one's own answers nor what colleagues hold nor everything after connecting", () => {
    const before = map(
      row("a", { status: "open", assignee: me, lastMessage: said(1) }),
      row("b", { status: "open", assignee: anna }),
    );
    const after = map(
      row("a", { status: "open", assignee: me, lastMessage: said(2, "operator") }),
      row("b", { status: "open", assignee: anna, lastMessage: said(4) }),
    );
    expect(newsSince({ rows: before, listed }, after, "me")).toEqual([]);
    expect(newsSince({ rows: new Map(), listed: [] }, after, "me")).toEqual([]);
  });

  test("are the first ones too, in an inbox that was empty, and not all of one that comes to be listed", () => {
    const after = map(row("a"), row("b", { inboxId: "another" }));
    const news = newsSince({ rows: new Map(), listed }, after, "me");
    expect(news.map((one) => one.row.conversationId)).toEqual(["a"]);
  });
});

describe("small rules", () => {
  test("snoozing is offered for moments that differ, all of them later", () => {
    for (let day = 0; day < 7; day++) {
      const now = new Date(2026, 10, 22 + day, 10);
      const times = snoozeTimes(now).map(({ at: moment }) => moment.getTime());
      expect(new Set(times).size).toBe(times.length);
      expect(Math.min(...times)).toBeGreaterThan(now.getTime());
    }
  });

  test("own conversations and those looked at last are followed, each once", () => {
    expect(wanted(["a", "b"], ["c", "a"])).toEqual(["c", "a", "b"]);
    const many = Array.from({ length: 50 }, (_, n) => `o${n}`);
    expect(wanted(many, []).length).toBe(20);
  });

  test("addresses and places lead to each other", () => {
    for (const path of ["/console/mine", "/console/queue/42", "/console/supervisor", "/console/settings/inboxes/7/hours"]) {
      expect(pathOf(parseRoute(path))).toBe(path);
    }
    expect(parseRoute("/console")).toEqual({ page: "work", view: "mine", conversation: undefined });
    expect(parseRoute("/console/nonsense")).toMatchObject({ page: "work", view: "mine" });
  });

  test("loads count who is held and who waits, the busiest at work first", () => {
    const operator = (id: string, availability: "online" | "offline") =>
      ({ id, name: id, role: "operator", availability, capacity: 4, open: 0, online: true }) as const;
    const rows = [
      row("1", { status: "open", assignee: anna, waitingSince: at(1) }),
      row("2", { status: "open", assignee: anna }),
      row("3"),
    ];
    const loads = loadsOf([operator("off", "offline"), operator("me", "online"), operator("anna", "online")], rows);
    expect(loads.map((load) => [load.operator.id, load.open, load.waiting])).toEqual([
      ["anna", 2, 1],
      ["me", 0, 0],
      ["off", 0, 0],
    ]);
    expect(longestWaitMs(rows, Date.parse(at(7)))).toBe(7 * 60_000);
  });
});
