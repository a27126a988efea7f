import { expect, test } from "vitest";
import { oneLine } from "../src/frame/text/names";
import { dayOf, openingOf } from "../src/frame/text/times";

test("a line of somebody's text turns nothing around and piles nothing up", () => {
  expect(oneLine("Ev\u202eil\nname")).toBe("Evil name");
  expect([...oneLine(`a${"\u0301".repeat(50)}`)].length).toBeLessThanOrEqual(4);
  expect(oneLine("👨‍👩‍👧")).toBe("👨‍👩‍👧");
  expect(oneLine("x".repeat(300), 10)).toBe(`${"x".repeat(10)}…`);
});

test("days have the names that people use", () => {
  const now = new Date(2026, 10, 22, 12).getTime();
  const days = (count: number) => now - count * 86_400_000;

  expect([0, 1, 30].map((count) => dayOf(days(count), now, "en"))).toEqual(["Today", "Yesterday", "October 23"]);
  expect(dayOf(now, now, "ru")).toBe("Сегодня");
  expect(dayOf(days(400), now, "en")).toContain("2025");
  expect(openingOf(new Date(2026, 10, 23, 9).getTime(), now, "ru")).toBe("завтра, 09:00");
});
