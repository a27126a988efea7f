import { describe, expect, test } from "vitest";
import { linesOf } from "../src/timeline/lines";
import { item } from "./rows";

const kinds = (lines: readonly { kind: string }[]) => lines.map((line) => line.kind);
const dayMs = 86_400_000;

describe("lines of the timeline", () => {
  test("a day stands before its first line", () => {
    const lines = linesOf([item(1), item(2), item(3, { at: item(2).at + dayMs })], undefined);
    expect(kinds(lines)).toEqual(["day", "message", "message", "day", "message"]);
  });

  test("older items change no line that is already there", () => {
    const items = [item(1), item(2), item(3), item(4, { at: item(3).at + dayMs }), item(5, { at: item(3).at + dayMs })];
    const all = linesOf(items, 0);
    for (let from = 1; from < items.length - 1; from++) {
      const part = linesOf(items.slice(from), 0, true);
      expect(part).toEqual(all.slice(-part.length));
    }
  });

  test("an only item is shown, whether there are older ones or not", () => {
    expect(kinds(linesOf([item(7)], undefined, true))).toEqual(["day", "message"]);
  });

  test("neighbours of one author are together until somebody else, a notice or time comes between", () => {
    const operator = { kind: "operator", id: "o" } as const;
    const lines = linesOf(
      [
        item(1),
        item(2),
        item(3, { actor: operator, mine: true }),
        item(4, { type: "assigned", actor: operator }),
        item(5, { actor: operator, mine: true }),
        item(6, { actor: operator, mine: true, at: item(5).at + 10 * 60_000 }),
      ],
      undefined,
    );
    const shape = lines.flatMap((line) => (line.kind === "message" ? [[line.item.seq, line.isFirst, line.isLast]] : []));
    expect(shape).toEqual([
      [1, true, false],
      [2, false, true],
      [3, true, true],
      [5, true, true],
      [6, true, true],
    ]);
  });

  test("a note is never together with a message of the same author", () => {
    const operator = { kind: "operator", id: "o" } as const;
    const lines = linesOf([item(1, { actor: operator }), item(2, { actor: operator, type: "note" })], undefined);
    expect(lines.flatMap((line) => (line.kind === "message" ? [line.isFirst] : []))).toEqual([true, true]);
  });

  test("the mark stands once, before the first message that was not read", () => {
    expect(kinds(linesOf([item(1), item(2), item(3)], 1))).toEqual(["day", "message", "unread", "message", "message"]);
  });

  test("without unread messages there is no mark", () => {
    expect(kinds(linesOf([item(1), item(2)], undefined))).not.toContain("unread");
  });

  test("what stands before one's own answer counts as read", () => {
    expect(kinds(linesOf([item(1), item(2, { mine: true }), item(3)], 0))).toEqual([
      "day",
      "message",
      "message",
      "unread",
      "message",
    ]);
  });

  test("keys are unique, also with several days", () => {
    const lines = linesOf(
      [item(1), item(2, { at: item(1).at + dayMs }), item(3, { at: item(1).at }), item(4, { at: item(1).at + dayMs })],
      0,
    );
    const keys = lines.map((line) => line.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
