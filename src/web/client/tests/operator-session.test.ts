import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddedOperator } from "@gapless-chat/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ConversationMap,
  createOperatorChat,
  createVisitorChat,
  type OperatorChat,
  type SignIn,
  type TimelineItem,
} from "../src/index";
import { openFileStorage } from "../src/node";
import { OperatorSessions } from "../src/operator-session";
import type { Rest } from "../src/rest";
import { MemoryStorage } from "../src/storage";
import { ServerProcess } from "./server-process";
import { bodies, messages, until } from "./waiting";

// Node as it is: its fetch keeps no cookies.
const password = "correct horse battery";
let server: ServerProcess;
let admin: OperatorChat;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chat-bot-"));
  server = await ServerProcess.start();
  admin = createOperatorChat({ url: server.url, storage: "memory" });
  await admin.signIn({ email: "admin@localhost", password: server.password });
}, 60_000);

afterAll(async () => {
  await admin?.stop();
  await server?.end();
  await rm(folder, { recursive: true, force: true });
});

/** An account that may sign in at once. */
async function hire(name: string): Promise<SignIn & { id: string; inboxes: readonly string[] }> {
  const { inboxes = [] } = (await until(admin.me, (value) => value !== undefined)) ?? {};
  const email = `${name.toLowerCase()}@support.example`;
  const { operator, password: first } = await admin.rest<AddedOperator>("POST", "/admin/operators", { email, name, inboxes });
  const chat = createOperatorChat({ url: server.url, storage: "memory" });
  await chat.signIn({ email, password: first, newPassword: password });
  await chat.signOut();
  return { email, password, id: operator.id, inboxes };
}

/** A conversation that a visitor has opened. */
async function asked(body: string): Promise<string> {
  const visitor = createVisitorChat({ url: server.url, inbox: "demo", storage: "memory" });
  await visitor.start();
  const opening = visitor.open({ body });
  await until(visitor.conversations, (all) => messages(all.get(visitor.aliases.get(opening) ?? ""))[0]?.state === "sent");
  await visitor.stop();
  return visitor.aliases.get(opening) ?? "";
}

async function follow(chat: OperatorChat, id: string): Promise<void> {
  chat.open(id);
  await until(chat.conversations, (all) => (all.get(id)?.epoch ?? 0) > 0);
}

async function said(chat: OperatorChat, id: string, body: string): Promise<TimelineItem> {
  const find = (all: ConversationMap) => messages(all.get(id)).find((item) => item.body === body && item.seq !== undefined);
  return find(await until(chat.conversations, (all) => find(all) !== undefined)) as TimelineItem;
}

test("what one account left unsent does not go out as the next one that resumes", async () => {
  const [anna, bea] = [await hire("Anna"), await hire("Bea")];
  const id = await asked("Is anybody there?");
  const storage = await openFileStorage(join(folder, "shared"));
  const first = createOperatorChat({ url: server.url, storage, credentials: async () => anna });
  await first.resume();
  await follow(first, id);
  await first.stop();
  first.send(id, "Anna's own words");
  await storage.flush();
  expect(await storage.items()).toHaveLength(1);
  // Ends all sessions of the account.
  await admin.rest("POST", `/admin/operators/${anna.id}/password`);

  const second = createOperatorChat({ url: server.url, storage, credentials: async () => bea });
  await second.resume();
  await follow(second, id);
  second.send(id, "Bea here");

  await said(second, id, "Bea here");
  expect(bodies(second.conversations.value.get(id))).toEqual(["Is anybody there?", "Bea here"]);
  expect(await storage.items()).toEqual([]);
  await second.stop();
  await storage.close();
}, 60_000);

test("what waits for the account that resumes goes out", async () => {
  const carl = await hire("Carl");
  const id = await asked("Still there?");
  const storage = await openFileStorage(join(folder, "own"));
  const first = createOperatorChat({ url: server.url, storage, credentials: async () => carl });
  await first.resume();
  await follow(first, id);
  await first.stop();
  first.send(id, "Yes");
  await storage.flush();

  const second = createOperatorChat({ url: server.url, storage });
  expect(await second.resume()).toBe(true);
  await follow(second, id);

  await said(second, id, "Yes");
  await second.stop();
  await storage.close();
}, 60_000);

test("who signs in while another account is at work goes on as who signed in", async () => {
  const [dora, ella] = [await hire("Dora"), await hire("Ella")];
  const id = await asked("Who are you?");
  const chat = createOperatorChat({ url: server.url, storage: "memory" });
  await chat.signIn(dora);
  await until(chat.me, (me) => me?.id === dora.id);
  await follow(chat, id);

  await chat.signIn(ella);
  await until(chat.me, (me) => me?.id === ella.id);
  expect(chat.conversations.value.size).toBe(0);
  await follow(chat, id);
  chat.send(id, "Ella");

  expect((await said(chat, id, "Ella")).actor.id).toBe(ella.id);
  await chat.stop();
}, 60_000);

test("an account at work is not replaced by that of other credentials when its session ends", async () => {
  const [fay, gwen] = [await hire("Fay"), await hire("Gwen")];
  let signIn: SignIn = fay;
  const chat = createOperatorChat({ url: server.url, storage: "memory", credentials: async () => signIn });
  await chat.resume();
  await until(chat.me, (me) => me?.id === fay.id);

  signIn = gwen;
  await admin.rest("POST", `/admin/operators/${fay.id}/password`);

  const state = await until(chat.connection, ({ status }) => status === "stopped");
  expect(["unauthenticated", "revoked", "access_changed"]).toContain(state.reason);
  await expect(chat.rest("GET", "/me")).rejects.toMatchObject({ code: "unauthenticated" });
  expect(chat.me.value?.id).toBe(fay.id);
  await chat.stop();
}, 60_000);

test("what is released answers what is shown, also what came after it was held", async () => {
  const chat = createOperatorChat({ url: server.url, storage: "memory" });
  await chat.signIn({ email: "admin@localhost", password: server.password });
  const visitor = createVisitorChat({ url: server.url, inbox: "demo", storage: "memory" });
  await visitor.start();
  const opening = visitor.open({ body: "One" });
  await until(visitor.conversations, (all) => messages(all.get(visitor.aliases.get(opening) ?? ""))[0]?.state === "sent");
  const id = visitor.aliases.get(opening) ?? "";
  await follow(chat, id);
  const seen = chat.conversations.value.get(id)?.seq ?? 0;
  visitor.send(id, "Two");
  await until(chat.conversations, (all) => bodies(all.get(id)).includes("Two"));
  const key = chat.send(id, "Answer", { expectedSeq: seen });
  await until(chat.conversations, (all) => messages(all.get(id)).at(-1)?.state === "held");
  visitor.send(id, "Three");
  await until(chat.conversations, (all) => bodies(all.get(id)).includes("Three"));

  chat.release(id, key);

  await until(visitor.conversations, (all) => bodies(all.get(id)).includes("Answer"));
  await Promise.all([chat.stop(), visitor.stop()]);
}, 60_000);

test("a bot on Node lives past its first token, over restarts, and signs in again when its session has ended", async () => {
  const me = await until(admin.me, (value) => value !== undefined);
  const email = "bot@support.example";
  const added = await admin.rest<AddedOperator>("POST", "/admin/operators", { email, name: "Bot", inboxes: me?.inboxes });
  let signIn: SignIn = { email, password: added.password, newPassword: password };
  let asked = 0;
  const credentials = async () => {
    asked++;
    return signIn;
  };
  const storage = await openFileStorage(folder);
  const bot = createOperatorChat({ url: server.url, storage, credentials });

  expect(await bot.resume()).toBe(true);
  signIn = { email, password };
  await until(bot.me, (value) => value?.inboxes.length === 1);
  // Ends the access token, and not the session.
  await admin.rest("DELETE", `/admin/inboxes/${me?.inboxes[0]}/members/${added.operator.id}`);
  await until(bot.me, (value) => value?.inboxes.length === 0);
  expect(asked).toBe(1);
  await bot.stop();
  await storage.close();

  const kept = await openFileStorage(folder);
  const next = createOperatorChat({ url: server.url, storage: kept });
  expect(await next.resume()).toBe(true);
  await until(next.connection, ({ status }) => status === "online");
  await next.stop();

  // Ends all sessions of the account.
  const again = await admin.rest<AddedOperator>("POST", `/admin/operators/${added.operator.id}/password`);
  signIn = { email, password: again.password };
  const last = createOperatorChat({ url: server.url, storage: kept, credentials });
  await expect(last.resume()).rejects.toMatchObject({ code: "must_change_password" });
  expect(asked).toBe(2);
  signIn = { email, password: again.password, newPassword: `${password} staple` };
  expect(await last.resume()).toBe(true);
  await until(last.connection, ({ status }) => status === "online");
  await last.signOut();
  expect(await kept.read("refresh")).toBeUndefined();
  await kept.close();
}, 60_000);

test("wrong credentials are thrown, and without any there is nothing to resume", async () => {
  const wrong = { email: "admin@localhost", password: "not this one" };
  const bot = createOperatorChat({ url: server.url, storage: "memory", credentials: async () => wrong });

  await expect(bot.resume()).rejects.toMatchObject({ code: "unauthenticated" });
  expect(await createOperatorChat({ url: server.url, storage: "memory" }).resume()).toBe(false);
});

test("who signs out while their session is renewed leaves nothing of it", async () => {
  const storage = new MemoryStorage();
  const answers: (() => void)[] = [];
  const cookie = () => new Response('{"operator":{"id":"anna"}}', { headers: { "set-cookie": "refresh=anna; HttpOnly" } });
  const ended: unknown[] = [];
  const rest = {
    fetch: (...[, , , read]: Parameters<Rest["fetch"]>) => new Promise((resolve) => answers.push(() => resolve(read(cookie())))),
    call: async (...[, , options]: Parameters<Rest["call"]>) => void ended.push(options?.headers),
  } as unknown as Rest;
  const sessions = new OperatorSessions(rest, storage, undefined);
  const first = sessions.open({ email: "anna@support.example", password });
  answers.shift()?.();
  await first;
  expect(await storage.read("refresh")).toBe("refresh=anna");

  const renewed = sessions.renew().catch((error) => error.code);
  await expect.poll(() => answers).toHaveLength(1);
  await Promise.all([sessions.logout(), storage.clear()]);
  answers.shift()?.();

  expect([await renewed, await storage.read("refresh")]).toEqual(["network", undefined]);
  // What was held, and what came after it.
  expect(ended).toEqual([{ cookie: "refresh=anna" }, { cookie: "refresh=anna" }]);
});

test("a sign-in that was stopped before its answer does not begin", async () => {
  const chat = createOperatorChat({ url: server.url, storage: "memory" });
  const signIn = chat.signIn({ email: "admin@localhost", password: server.password });
  await chat.stop();

  await expect(signIn).rejects.toMatchObject({ code: "network" });
  expect([chat.connection.value.status, chat.me.value]).toEqual(["stopped", undefined]);
});
