import fc from "fast-check";
import { expect, test } from "vitest";
import notice from "../../../../tests/wire/push-notice.json";
import { conversationLink, conversationOfLink, parsePush } from "../src/push";

const posted = notice.json;
const read = {
  conversationId: posted.conversationId,
  seq: 7,
  unread: 2,
  from: "Anna",
  text: "Your parcel is in Oslo.",
  visitorId: posted.visitorId,
};
const texts = Object.fromEntries(
  Object.entries(posted).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]),
);

test.each([
  ["as the server posts it", posted],
  ["as text", JSON.stringify(posted)],
  ["with fields that nobody knows", { ...posted, priority: "high", nested: { seq: 1 } }],
  ["as data of texts, as FCM hands it over", { messageId: "1", notification: { title: "?" }, data: texts }],
  ["beside what APNs knows", { aps: { "mutable-content": 1 }, chat: posted }],
  ["as text within data", { data: { chat: JSON.stringify(posted) } }],
])("a push is read %s", (_, payload) => {
  expect(parsePush(payload)).toEqual(read);
});

test("what a push does not say is left out", () => {
  const { conversationId } = posted;
  expect(parsePush({ conversationId, seq: "9" })).toEqual({ conversationId, seq: 9, unread: 1, text: "" });
});

test.each([
  undefined,
  null,
  7,
  "",
  "seq",
  "[]",
  {},
  { conversationId: "", seq: 1 },
  { conversationId: "c", seq: "1.5" },
  { data: null },
])("%j is no push of a chat", (payload) => {
  expect(parsePush(payload)).toBeUndefined();
});

test("nothing that anybody sends breaks an app", () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (payload) => {
      const push = parsePush(payload);
      expect(push === undefined || (push.conversationId !== "" && push.seq > 0)).toBe(true);
    }),
  );
});

test("a link leads to its conversation and others lead to none", () => {
  const links = "shop://support/";
  expect(conversationOfLink(conversationLink("a/b"))).toBe("a/b");
  expect(conversationOfLink(`${conversationLink("c-1", links)}?from=push`, links)).toBe("c-1");
  expect(conversationOfLink("chat://conversation/c-1", links)).toBeUndefined();
  expect(conversationOfLink(links, links)).toBeUndefined();
  expect(conversationOfLink(`${links}%E0%A4%A`, links)).toBeUndefined();
});
