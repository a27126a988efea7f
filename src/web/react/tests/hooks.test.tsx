// @vitest-environment happy-dom
import type { VisitorChat } from "@gapless-chat/client";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChatError } from "../../client/src/errors";
import type { SimulatedServer } from "../../client/tests/simulated-server";
import { messages } from "../../client/tests/waiting";
import {
  ChatProvider,
  useChat,
  useComposer,
  useConnection,
  useConversation,
  useConversations,
  useReading,
  useUnread,
} from "../src/index";
import { Rendered, visit } from "./rendered";

let chat: VisitorChat;
let server: SimulatedServer;
let endChat: () => void;
const shown: Rendered<unknown>[] = [];

beforeEach(async () => {
  ({ chat, server, end: endChat } = await visit());
});

afterEach(() => {
  for (const each of shown.splice(0)) each.end();
  endChat();
});

function render<T>(useIt: () => T): Rendered<T> {
  const rendered = new Rendered(chat, useIt);
  shown.push(rendered as Rendered<unknown>);
  return rendered;
}

const texts = (items: readonly { body?: string }[]) => items.map(({ body }) => body).filter((body) => body !== undefined);

test("conversations come with the newest first, and what is unread is counted over all", async () => {
  const list = render(() => ({ all: useConversations(), unread: useUnread(), status: useConnection().status }));
  await list.until(({ status }) => status === "online");
  chat.open({ body: "First" });
  await list.until(({ all }) => messages(all[0])[0]?.state === "sent");
  chat.open({ body: "Second" });
  await list.until(({ all }) => all.length === 2 && all.every((one) => messages(one)[0]?.state === "sent"));

  expect(list.now.all.map(({ items }) => texts(items)[0])).toEqual(["Second", "First"]);
  server.says("To both");
  await list.until(({ unread }) => unread === 2);
});

test("a conversation goes on under the id of its opening, and what is shown counts as read", async () => {
  const opening = chat.open({ body: "Hello" });
  const view = render(() => {
    useReading(opening);
    return useConversation(opening);
  });
  await view.until(({ state }) => messages(state)[0]?.state === "sent");
  expect(view.now.state?.id).not.toBe(opening);

  server.says("Good morning");
  await view.until(({ state, items }) => texts(items).includes("Good morning") && state?.unread === 0);
  expect(chat.unread.value).toBe(0);
  view.now.send("And to you");
  await view.until(({ items }) => texts(items).includes("And to you"));
});

test("functions and lists stay the same objects while nothing of them changes", async () => {
  const opening = chat.open({ body: "Hello" });
  const view = render(() => useConversation(opening));
  await view.until(({ state }) => messages(state)[0]?.state === "sent");
  const before = view.now;

  chat.open({ body: "Another one" });
  const list = render(() => useConversations());
  await list.until((all) => all.length === 2);
  const times = view.all.length;
  view.again();
  await view.until(() => view.all.length > times);

  expect(view.now).toBe(before);
  server.says("News");
  await view.until(({ items }) => texts(items).includes("News"));
  expect(view.now).not.toBe(before);
  expect([view.now.send, view.now.retry]).toEqual([before.send, before.retry]);
});

test("a composer opens a conversation with what is written, tells that somebody types, and sends", async () => {
  const typed: unknown[] = [];
  const answer = server.answer.bind(server);
  server.answer = (method, request, from) => {
    if (method === "Typing") typed.push(request);
    return answer(method, request, from);
  };
  let id: string | undefined;
  const view = render(() => ({ composer: useComposer(id), list: useConversations() }));
  await view.until(() => chat.connection.value.status === "online");
  view.now.composer.setText(" \n");
  await view.until(({ composer }) => composer.text === " \n");
  expect([view.now.composer.canSend, view.now.composer.send()]).toEqual([false, undefined]);

  view.now.composer.setText("Where is my bag?");
  await view.until(({ composer }) => composer.canSend);
  id = view.now.composer.send();
  await view.until(({ list, composer }) => list[0]?.conversation !== undefined && composer.text === "");
  view.now.composer.setText("It is");
  view.now.composer.setText("It is blue.");
  await view.until(({ composer }) => composer.text === "It is blue.");
  view.now.composer.send();

  await view.until(({ list }) => texts(list[0]?.items ?? []).length === 2 && list[0]?.items.at(-1)?.state === "sent");
  expect(texts(view.now.list[0]?.items ?? [])).toEqual(["Where is my bag?", "It is blue."]);
  await view.until(() => typed.length === 1);
  expect(typed).toEqual([{ conversationId: view.now.list[0]?.id, preview: "It is" }]);
});

test("each conversation keeps its own draft", async () => {
  const [one, other] = [chat.open({ body: "One" }), chat.open({ body: "Other" })];
  let id = one;
  const view = render(() => useComposer(id));
  await view.until(() => true);
  view.now.setText("half a sent");
  await view.until(({ text }) => text === "half a sent");
  id = other;
  view.again();
  await view.until(({ text }) => text === "");
  id = one;
  view.again();
  await view.until(({ text }) => text === "half a sent");
});

test("what was refused is listed, goes out when it is retried, and comes back to be mended", async () => {
  const opening = chat.open({ body: "Hello" });
  const view = render(() => ({ talk: useConversation(opening), composer: useComposer(opening) }));
  await view.until(({ talk }) => messages(talk.state)[0]?.state === "sent");
  const answer = server.answer.bind(server);
  let refuses = true;
  server.answer = (method, request, from) => {
    if (method === "Send" && refuses) throw new ChatError("too_large");
    return answer(method, request, from);
  };
  view.now.talk.send("Far too long");
  view.now.talk.send("Also too long");
  await view.until(({ talk }) => talk.failed.length === 2);
  expect(view.now.talk.failed.map(({ error }) => error)).toEqual(["too_large", "too_large"]);

  refuses = false;
  const [first, second] = view.now.talk.failed;
  view.now.talk.retry(first?.key ?? "");
  view.now.composer.takeBack(second?.key ?? "");
  await view.until(({ talk, composer }) => talk.failed.length === 0 && composer.text === "Also too long");
  await view.until(({ talk }) => talk.items.at(-1)?.state === "sent");
  expect(texts(view.now.talk.items)).toEqual(["Hello", "Far too long"]);
});

test("an answer and an edit are written in the composer and go where they belong", async () => {
  const sent: unknown[] = [];
  const answer = server.answer.bind(server);
  server.answer = (method, request, from) => {
    if (method === "Edit" || method === "Send") sent.push(request);
    return answer(method, request, from);
  };
  const opening = chat.open({ body: "Hello" });
  const view = render(() => ({ talk: useConversation(opening), composer: useComposer(opening) }));
  const { talk } = await view.until(({ talk }) => messages(talk.state)[0]?.state === "sent");
  const question = messages(talk.state)[0];
  if (!question?.seq) throw new Error("It was sent.");

  view.now.composer.reply(question.seq);
  view.now.composer.setText("I mean good morning");
  await view.until(({ composer }) => composer.replyTo === question.seq && composer.canSend);
  view.now.composer.send();
  await view.until(({ talk }) => talk.items.at(-1)?.body === "I mean good morning");
  view.now.composer.edit(question);
  await view.until(({ composer }) => composer.editing === question.seq && composer.text === "Hello");
  view.now.composer.cancel();
  await view.until(({ composer }) => composer.editing === undefined && composer.text === "");
  view.now.composer.edit(question);
  view.now.composer.setText("Good morning");
  await view.until(({ composer }) => composer.text === "Good morning");
  view.now.composer.send();

  const edit = expect.objectContaining({ seq: question.seq, body: "Good morning" });
  await view.until(() => sent.some((request) => (request as { seq?: number }).seq === question.seq));
  expect(sent).toContainEqual(edit);
  expect(sent).toContainEqual(expect.objectContaining({ replyTo: question.seq, body: "I mean good morning" }));
});

function Lost(): null {
  useChat();
  return null;
}

function Status() {
  return createElement("p", null, useConnection().status);
}

test("a server renders what is held, and who forgets the provider is told", () => {
  const page = renderToString(createElement(ChatProvider, { chat }, createElement(Status)));
  expect(page).toMatch(/^<p>(connecting|online)<\/p>$/);
  expect(() => renderToString(createElement(Lost))).toThrow("There is no ChatProvider");
});
