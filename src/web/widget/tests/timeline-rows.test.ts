import type { TimelineItem } from "@gapless-chat/client";
import { expect, test } from "vitest";
import { en } from "../src/frame/texts/en";
import { isRatingDue, rowsOf } from "../src/frame/timeline-rows";

const noon = new Date(2026, 10, 22, 12).getTime();

function item(seq: number, more: Partial<TimelineItem>): TimelineItem {
  return {
    key: `seq:${seq}`,
    seq,
    type: "message",
    actor: { kind: "visitor" },
    at: noon + seq * 1000,
    mine: true,
    state: "sent",
    ...more,
  };
}

const answer = (seq: number, more: Partial<TimelineItem> = {}) =>
  item(seq, { mine: false, actor: { kind: "operator", id: "maya", name: "Maya" }, ...more });
const closed = (seq: number) => item(seq, { type: "status", data: { status: "closed", previousStatus: "open" } });

test("neighbours of one author are a group, and another author, day or pause ends it", () => {
  const rows = rowsOf(
    [item(1, {}), item(2, {}), answer(3), answer(4, { at: noon + 400_000 }), answer(5, { at: noon + 86_400_000 })],
    en,
  );

  expect(rows.map((row) => (row.kind === "message" ? `${row.key} ${row.first} ${row.last}` : row.kind))).toEqual([
    "day",
    "seq:1 true false",
    "seq:2 false true",
    "seq:3 true true",
    "seq:4 true true",
    "day",
    "seq:5 true true",
  ]);
});

test("two operators of one name are two authors", () => {
  const rows = rowsOf([answer(1), answer(2, { actor: { kind: "operator", id: "another maya", name: "Maya" } })], en);

  expect(rows.flatMap((row) => (row.kind === "message" ? [`${row.first} ${row.last}`] : []))).toEqual(["true true", "true true"]);
});

test("events that mean nothing to a visitor give no line, and unknown ones neither", () => {
  const events = [
    item(1, { type: "status", data: { status: "queued" } }),
    item(2, { type: "skip" }),
    item(3, { type: "unknown" as "skip" }),
    closed(4),
  ];

  expect(rowsOf(events, en).flatMap((row) => (row.kind === "line" ? [row.text] : []))).toEqual([en.closed]);
});

test("a rating is asked for once, after somebody has answered", () => {
  expect(isRatingDue([item(1, {}), closed(2)], "closed")).toBe(false);
  expect(isRatingDue([answer(1), closed(2)], "closed")).toBe(true);
  expect(isRatingDue([answer(1), closed(2), item(3, { type: "rated", data: { score: 5 } })], "closed")).toBe(false);
  expect(isRatingDue([answer(1)], "open")).toBe(false);
});
