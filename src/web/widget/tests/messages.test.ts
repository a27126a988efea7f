import fc from "fast-check";
import { expect, test } from "vitest";
import { parse, type ToFrame, type ToHost, toFrameChecks, toHostChecks } from "../src/host/messages";

test("messages of ours are taken", () => {
  const start = {
    chat: 1,
    type: "start",
    page: "https://a.example/",
    fields: { plan: "gold" },
    identified: false,
    open: true,
    logout: false,
  };

  expect(parse<ToFrame>(start, toFrameChecks)).toBe(start);
  expect(parse<ToHost>({ chat: 1, type: "state", unread: 2, keeps: "open" }, toHostChecks)).toBeDefined();
});

test.each([
  null,
  "open",
  [],
  { type: "open" },
  { chat: 1, type: "__proto__" },
  { chat: 1, type: "toString" },
  { chat: 1, type: "fields", fields: { a: 1 } },
  { chat: 1, type: "token", token: 5 },
  { chat: 1, type: "start" },
])("%j is not one of ours", (data) => {
  expect(parse<ToFrame>(data, toFrameChecks)).toBeUndefined();
});

test("no value whatever makes it throw", () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      parse<ToFrame>(data, toFrameChecks);
      parse<ToHost>(data, toHostChecks);
    }),
  );
});
