import { expect, test } from "vitest";
import { isBlank } from "../src/texts.ts";

test.each([
  "",
  " \n\t",
  "\u00a0\u3000",
  "\u200b",
  "\u2060\ufeff\u00ad",
  "\u202e",
  "\u3164\uffa0",
  "\u2800",
  "\ufe0f",
  "\u{e0020}",
  "\u0085",
])("%j shows nothing", (text) => {
  expect(isBlank(text)).toBe(true);
});

test.each(["a", "\u200b.", "👩‍💻", "\u0301", "한"])("%j shows something", (text) => {
  expect(isBlank(text)).toBe(false);
});
