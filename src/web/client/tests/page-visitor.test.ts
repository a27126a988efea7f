import { afterEach, expect, test, vi } from "vitest";
import { createVisitorChat, type VisitorChat } from "../src/index";
import { openKeyValueStorage } from "../src/key-value";
import { AppStore } from "./app-store";

const url = "http://chat.example";
let chat: VisitorChat;

afterEach(async () => {
  await chat.stop();
  vi.unstubAllGlobals();
});

test("a chat that is stopped while it starts stays stopped", async () => {
  const fetched = vi.fn(async () => {
    throw new TypeError("no network");
  });
  vi.stubGlobal("fetch", fetched);
  chat = createVisitorChat({ url, inbox: "demo", storage: await openKeyValueStorage(new AppStore()) });
  const started = chat.start();
  await chat.stop();
  await started;

  expect([chat.connection.value.status, fetched.mock.calls]).toEqual(["stopped", []]);
});
