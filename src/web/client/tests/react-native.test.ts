import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createOperatorChat, type OperatorChat, type VisitorChat } from "../src/index";
import { AppStore } from "./app-store";
import { withCookies } from "./cookies";
import { withoutSockets } from "./no-sockets";
import { App, bundleOfApp } from "./react-native";
import { ServerProcess } from "./server-process";
import { bodies, messages, until } from "./waiting";

let bundle: string;
let server: ServerProcess;
let operator: OperatorChat;

beforeAll(async () => {
  vi.stubGlobal("fetch", withCookies(fetch));
  [bundle, server] = await Promise.all([bundleOfApp(), ServerProcess.start()]);
  operator = createOperatorChat({ url: server.url, storage: "memory" });
  await operator.signIn({ email: "admin@localhost", password: server.password });
}, 60_000);

afterAll(async () => {
  await operator?.stop();
  await server?.end();
});

async function begin(app: App, store: AppStore, url = server.url): Promise<VisitorChat> {
  const storage = await app.client.openKeyValueStorage(store);
  const chat = app.client.createVisitorChat({ url, inbox: "demo", storage });
  await chat.start();
  return chat;
}

/** The conversation's id of the server, when it has it and the operator has it open. */
async function meet(chat: VisitorChat, opening: string): Promise<string> {
  await until(chat.conversations, (all) => messages(all.get(chat.aliases.get(opening) ?? ""))[0]?.state === "sent");
  const id = chat.aliases.get(opening) ?? "";
  operator.open(id);
  await until(operator.conversations, (all) => bodies(all.get(id)).length > 0);
  return id;
}

test("an app opens, is answered, is killed offline with words unsent, and when it is back it has all and says each once", async () => {
  const store = new AppStore();
  const first = new App(bundle);
  const chat = await begin(first, store);
  const opening = chat.open({ topic: "Luggage", body: "Where is my bag?" });
  const id = await meet(chat, opening);
  operator.send(id, "In Oslo.");
  await until(chat.conversations, (all) => bodies(all.get(id)).includes("In Oslo."));

  first.network(false);
  await until(chat.connection, ({ status }) => status === "offline");
  chat.send(id, "When do I");
  chat.send(id, "get it?");
  await until(chat.conversations, (all) => messages(all.get(id)).at(-1)?.state === "sending");
  await vi.waitFor(() => expect([...store.values.keys()].filter((key) => key.includes("item"))).toHaveLength(2));
  first.kill();
  operator.send(id, "Tomorrow.");
  const second = new App(bundle);
  const next = await begin(second, store);
  next.send(opening, "Thanks!");

  const wanted = ["Where is my bag?", "In Oslo.", "Tomorrow.", "When do I", "get it?", "Thanks!"];
  const isAll = (all: typeof next.conversations.value) =>
    messages(all.get(id)).filter((item) => item.seq !== undefined).length === wanted.length;
  for (const side of [next, operator]) {
    const held = await until(side.conversations, isAll);
    expect(bodies(held.get(id)).sort()).toEqual([...wanted].sort());
  }
  const own = messages(next.conversations.value.get(id)).filter((item) => item.mine);
  expect(own.map((item) => item.body)).toEqual(["Where is my bag?", "When do I", "get it?", "Thanks!"]);
  expect(next.session.value.visitorId).toBe(chat.session.value.visitorId);

  await next.logout();
  expect([...store.values]).toEqual([]);
  second.kill();
});

test("an app that a push has woken asks once what it is about", async () => {
  const store = new AppStore();
  const first = new App(bundle);
  const chat = await begin(first, store);
  const id = await meet(chat, chat.open({ body: "Any news?" }));
  first.kill();
  operator.send(id, "It has landed.");
  const all = await until(
    operator.conversations,
    (held) => messages(held.get(id)).at(-1)?.body === "It has landed." && messages(held.get(id)).at(-1)?.seq !== undefined,
  );

  const woken = new App(bundle);
  const push = woken.client.parsePush({ conversationId: id, seq: String(messages(all.get(id)).at(-1)?.seq), text: "It has" });
  const storage = await woken.client.openKeyValueStorage(store);
  const next = woken.client.createVisitorChat({ url: server.url, inbox: "demo", storage });
  const receipt = push && (await next.receivePush(push, "shop://"));

  expect({ ...receipt }).toMatchObject({ isNew: true, body: "It has landed.", badge: 1, link: `shop://${id}`, isFetched: true });
  await until(operator.conversations, (held) => messages(held.get(id)).at(-1)?.state === "delivered");
  woken.kill();
});

test("where sockets are impossible, an app goes over REST", async () => {
  const proxy = await withoutSockets(server.url);
  const app = new App(bundle);
  const chat = await begin(app, new AppStore(), proxy.url);
  await until(chat.connection, ({ status, transport }) => status === "online" && transport === "poll");
  const id = await meet(chat, chat.open({ body: "Can you hear me?" }));
  operator.send(id, "Word by word.");
  await until(chat.conversations, (all) => bodies(all.get(id)).includes("Word by word."));

  expect(await (await chat.transcript(id, "en")).text()).toContain("Can you hear me?");
  const staff = app.client.createOperatorChat({ url: proxy.url, storage: "memory" });
  await staff.signIn({ email: "admin@localhost", password: server.password });
  staff.watch((await until(staff.me, (me) => me !== undefined))?.inboxes ?? []);
  await until(staff.rows, (rows) => rows.get(id)?.lastMessage?.text === "Word by word.");
  app.kill();
  proxy.server.closeAllConnections();
  proxy.server.close();
}, 60_000);

test("without a source of randomness an app is told what to import", async () => {
  const app = new App(bundle, { crypto: false });

  await expect(app.client.openKeyValueStorage(new AppStore())).rejects.toThrow("import react-native-get-random-values");
});

// It comes for these machines only.
const compiler = ({ linux: "linux64-bin/hermesc", darwin: "osx-bin/hermesc", win32: "win64-bin/hermesc.exe" } as const)[
  process.platform as "linux"
];

test.runIf(process.arch === "x64" || process.platform === "darwin")("Hermes compiles it", () => {
  const hermes = dirname(createRequire(import.meta.url).resolve("hermes-compiler"));
  const folder = mkdtempSync(join(tmpdir(), "chat-hermes-"));
  writeFileSync(join(folder, "app.js"), bundle);
  execFileSync(join(hermes, "hermesc", compiler), ["-emit-binary", "-O", "-w", "-out", "app.hbc", "app.js"], { cwd: folder });

  expect(statSync(join(folder, "app.hbc")).size).toBeGreaterThan(50_000);
  rmSync(folder, { recursive: true });
});
