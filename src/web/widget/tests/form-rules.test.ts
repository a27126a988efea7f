import { expect, test } from "vitest";
import { problemOf, trimmed } from "../src/frame/form-rules";
import { en } from "../src/frame/texts/en";

const label = { en: "" };
const email = { name: "mail", type: "email", label, required: true } as const;
const name = { name: "who", type: "text", label, required: false } as const;

test.each([
  "\u200eanna@example.com\u200e",
  "anna@exam\u200bple.com",
  " anna@\u00adexample.com\ufeff",
  "\u202aanna@example.com\u202c",
])("an e-mail that was copied with marks that do not show (%j) goes out without them, since the server takes none", (typed) => {
  expect(problemOf(email, typed, en)).toBeUndefined();
  expect(trimmed([email], { mail: typed })).toEqual({ mail: "anna@example.com" });
});

test("names keep the joiners that they are written with", () => {
  expect(trimmed([name], { who: " می‌خواهم " })).toEqual({ who: "می‌خواهم" });
});
