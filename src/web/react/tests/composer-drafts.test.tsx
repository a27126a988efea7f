// @vitest-environment happy-dom
import type { VisitorChat } from "@gapless-chat/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChatError } from "../../client/src/errors";
import type { SimulatedServer } from "../../client/tests/simulated-server";
import { messages } from "../../client/tests/waiting";
import { useComposer, useConversation, useConversations } from "../src/index";
import { Rendered, visit } from "./rendered";

let chat: VisitorChat;
let server: SimulatedServer;
let endChat: () => void;

beforeEach(async () => {
  ({ chat, server, end: endChat } = await visit());
});

afterEach(() => endChat());

test("a draft stays when its conversation gets the server's id", async () => {
  const answer = server.answer.bind(server);
  let isHeldUp = true;
  server.answer = (method, request, from) => {
    if (method === "OpenConversation" && isHeldUp) throw new ChatError("unavailable");
    return answer(method, request, from);
  };
  chat.open({ body: "Hello" });
  const view = new Rendered(chat, () => {
    const [first] = useConversations();
    return { id: first?.id, state: first, composer: useComposer(first?.id) };
  });
  const before = await view.until(({ id }) => id !== undefined);
  view.now.composer.setText("and one more thing");
  await view.until(({ composer }) => composer.text === "and one more thing");
  isHeldUp = false;
  await view.until(({ id, state }) => id !== before.id && messages(state)[0]?.state === "sent");
  expect(view.now.composer.text).toBe("and one more thing");
  view.end();
});

test("a text that was taken back while an edit is written does not go into another message, nor away with the edit", async () => {
  const opening = chat.open({ body: "Hello" });
  const view = new Rendered(chat, () => ({ talk: useConversation(opening), composer: useComposer(opening) }));
  await view.until(({ talk }) => messages(talk.state)[0]?.state === "sent");
  const answer = server.answer.bind(server);
  server.answer = (method, request, from) => {
    if (method === "Send") throw new ChatError("too_large");
    return answer(method, request, from);
  };
  view.now.talk.send("My refused words");
  await view.until(({ talk }) => talk.failed.length === 1);
  const hello = messages(view.now.talk.state)[0];
  if (!hello) throw new Error("It was sent.");
  view.now.composer.edit(hello);
  await view.until(({ composer }) => composer.editing !== undefined);
  view.now.composer.takeBack(view.now.talk.failed[0]?.key ?? "");
  await view.until(({ talk }) => talk.failed.length === 0);
  view.now.composer.cancel();
  await view.until(({ composer }) => composer.editing === undefined);
  expect(view.now.composer.text).toContain("My refused words");
  view.end();
});

test("what was written before an edit is there again after it", async () => {
  const opening = chat.open({ body: "Hello" });
  const view = new Rendered(chat, () => ({ talk: useConversation(opening), composer: useComposer(opening) }));
  await view.until(({ talk }) => messages(talk.state)[0]?.state === "sent");
  const hello = messages(view.now.talk.state)[0];
  if (!hello) throw new Error("It was sent.");
  view.now.composer.setText("half a sent");
  await view.until(({ composer }) => composer.text === "half a sent");

  view.now.composer.edit(hello);
  await view.until(({ composer }) => composer.text === "Hello");
  view.now.composer.setText("Hello again");
  await view.until(({ composer }) => composer.text === "Hello again");
  view.now.composer.send();

  await view.until(({ composer }) => composer.text === "half a sent" && composer.editing === undefined);
  view.end();
});
