import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { InboxSettingsList } from "@gapless-chat/protocol";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createOperatorChat, createVisitorChat, type OperatorChat, type TimelineItem, type VisitorChat } from "../src/index";
import { openKeyValueStorage } from "../src/key-value";
import { conversationOfLink, type PushMessage, parsePush } from "../src/push";
import { AppStore } from "./app-store";
import { withCookies } from "./cookies";
import { ServerProcess } from "./server-process";
import { bodies, messages, until } from "./waiting";

// A push is due 5 s after its message.
const pushPatienceMs = 30_000;
const secret = "a secret of the host site, for tests";

let server: ServerProcess;
let operator: OperatorChat;
let gateway: Server;
const pushes: PushMessage[] = [];
const registered: string[] = [];
/** Answers in the server's place. */
let instead: ((path: string) => Response | undefined) | undefined;
const visitors: VisitorChat[] = [];

beforeAll(async () => {
  const plain = withCookies(fetch);
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) => {
    if (input.includes("/me/devices/")) registered.push(`${init?.method} ${init?.body ?? ""}`);
    return Promise.resolve(instead?.(input) ?? plain(input, init));
  });
  gateway = createServer(async (request, answer) => {
    let text = "";
    for await (const part of request) text += part;
    pushes.push(parsePush(text) as PushMessage);
    answer.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const address = gateway.address();
  server = await ServerProcess.start({
    Push__Url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
    Push__Secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  });
  operator = createOperatorChat({ url: server.url, storage: "memory" });
  await operator.signIn({ email: "admin@localhost", password: server.password });
  const { inboxes } = await operator.rest<InboxSettingsList>("GET", "/admin/inboxes");
  await operator.rest("PUT", `/admin/inboxes/${inboxes[0]?.id}/identity-keys/site`, { algorithm: "HS256", secret });
}, 60_000);

afterEach(() => {
  instead = undefined;
});

afterAll(async () => {
  await Promise.all([operator?.stop(), ...visitors.map((visitor) => visitor.stop())]);
  await server?.end();
  gateway?.close();
});

async function appOver(store: AppStore, url = server.url): Promise<VisitorChat> {
  const app = createVisitorChat({ url, inbox: "demo", storage: await openKeyValueStorage(store) });
  visitors.push(app);
  return app;
}

async function meet(app: VisitorChat, body: string): Promise<string> {
  const opening = app.open({ body });
  await until(app.conversations, (all) => messages(all.get(app.aliases.get(opening) ?? ""))[0]?.state === "sent");
  const id = app.aliases.get(opening) ?? "";
  operator.open(id);
  await until(operator.conversations, (all) => bodies(all.get(id)).includes(body));
  return id;
}

/** What the service that wakes devices gets of a conversation next. */
async function pushOf(id: string): Promise<PushMessage> {
  await vi.waitFor(() => expect(pushes.map((push) => push.conversationId)).toContain(id), { timeout: pushPatienceMs });
  return pushes.splice(
    pushes.findIndex((push) => push.conversationId === id),
    1,
  )[0] as PushMessage;
}

test("an app that is woken shows what a push is about, says that it has it, and shows nothing of what is gone", async () => {
  const store = new AppStore();
  const app = await appOver(store);
  await app.registerDevice("fcm", "token-1");
  expect(registered).toEqual([]);
  await app.start();
  const other = await meet(app, "And my invoice?");
  const id = await meet(app, "Where is my bag?");
  expect(registered).toEqual(['PUT {"platform":"fcm","token":"token-1"}']);
  operator.send(other, "It is in your mailbox.");
  await until(app.unread, (unread) => unread === 1);
  await app.stop();

  operator.send(id, "In Oslo.");
  operator.send(id, "It comes tomorrow.");
  await until(operator.conversations, (all) => messages(all.get(id)).at(-1)?.state === "sent");
  const push = await pushOf(id);
  const woken = await appOver(store);
  const receipt = await woken.receivePush(push, "shop://support/");

  const { seq } = messages(operator.conversations.value.get(id)).at(-1) ?? {};
  expect(receipt).toEqual({
    conversationId: id,
    seq,
    isNew: true,
    title: expect.any(String),
    body: "It comes tomorrow.",
    badge: 3,
    link: `shop://support/${id}`,
    isFetched: true,
  });
  expect(conversationOfLink(receipt?.link ?? "", "shop://support/")).toBe(id);
  await until(operator.conversations, (all) => messages(all.get(id)).at(-1)?.state === "delivered");
  expect(woken.connection.value.status).toBe("idle");

  for (const message of messages(operator.conversations.value.get(id)).filter((item) => item.mine)) {
    operator.remove(id, message.seq ?? 0);
  }
  await until(operator.conversations, (all) => messages(all.get(id)).filter((item) => item.deleted).length === 2);
  expect(await woken.receivePush(push)).toMatchObject({ isNew: false, badge: 1, isFetched: true });
}, 60_000);

test("without a network an app shows what the push says", async () => {
  const store = new AppStore();
  const app = await appOver(store);
  await app.start();
  const id = await meet(app, "Is it raining?");
  await app.stop();
  const { visitorId } = app.session.value;
  const stranded = await appOver(store, "http://127.0.0.1:9");

  const push = { conversationId: id, seq: 9, unread: 2, from: "Anna", text: "Take an umbrella.", visitorId: visitorId ?? "" };

  expect(await stranded.receivePush(push)).toEqual({
    conversationId: id,
    seq: 9,
    isNew: true,
    title: "Anna",
    body: "Take an umbrella.",
    badge: 2,
    link: `chat://conversation/${id}`,
    isFetched: false,
  });
});

test("a push is shown though the access token is good no longer, and though nobody hears that the device has it", async () => {
  const app = await appOver(new AppStore());
  await app.start();
  const id = await meet(app, "Where is my receipt?");
  await app.stop();
  operator.send(id, "In your mailbox.");
  const isSent = ({ body, seq }: TimelineItem) => body === "In your mailbox." && seq !== undefined;
  const told = await until(operator.conversations, (all) => messages(all.get(id)).some(isSent));
  const { seq = 0 } = messages(told.get(id)).find(isSent) ?? {};
  const push = { conversationId: id, seq, unread: 1, text: "In your mailbox." };
  const refusals = [new Response('{"code":"unauthenticated"}', { status: 401 })];
  instead = (path) => {
    if (path.endsWith("/delivered")) return new Response('{"code":"unavailable"}', { status: 503 });
    return path.includes("/conversations?") ? refusals.pop() : undefined;
  };

  expect(await app.receivePush(push)).toMatchObject({ isNew: true, isFetched: true });
  operator.remove(id, seq);
  await until(operator.conversations, (all) => messages(all.get(id)).some((item) => item.deleted));
  expect(await app.receivePush(push)).toMatchObject({ isNew: false, isFetched: true });
});

test("a device that is another visitor's by now, or nobody's, shows nothing", async () => {
  const store = new AppStore();
  const app = await appOver(store);
  const push = { conversationId: crypto.randomUUID(), seq: 3, unread: 1, text: "Private." };
  expect(await app.receivePush(push)).toBeUndefined();
  await app.start();
  await until(app.connection, ({ status }) => status === "online");

  expect(await app.receivePush({ ...push, visitorId: crypto.randomUUID() })).toBeUndefined();
  expect(await app.receivePush(push)).toBeUndefined();
});

test("an address is told again for the visitor whom the site vouches for, and is taken back once", async () => {
  const app = await appOver(new AppStore());
  await app.start();
  await until(app.connection, ({ status }) => status === "online");
  registered.length = 0;
  const put = 'PUT {"platform":"apns","token":"token-2"}';

  await app.registerDevice("apns", "token-2");
  await app.registerDevice("apns", "token-2");
  expect(registered).toEqual([put]);
  await app.identify(identityToken());
  await vi.waitFor(() => expect(registered).toEqual([put, put]));

  await app.stop();
  await app.unregisterDevice();
  await app.start();
  await vi.waitFor(() => expect(registered).toEqual([put, put, "DELETE "]));
  await app.unregisterDevice();
  expect(registered).toHaveLength(3);
});

test("an address that the server does not take is refused, and not tried again", async () => {
  const app = await appOver(new AppStore());
  await app.start();
  await until(app.connection, ({ status }) => status === "online");
  registered.length = 0;

  await expect(app.registerDevice("a platform that has far more than 32 characters", "t")).rejects.toMatchObject({
    code: "too_large",
  });
  await app.stop();
  await app.start();
  await until(app.connection, ({ status }) => status === "online");
  await app.registerDevice("fcm", "token-3");

  expect(registered.map((call) => call.includes("token-3"))).toEqual([false, true]);
});

test("a device that is registered is told once after each start: the server may have lost it", async () => {
  const app = await appOver(new AppStore());
  const put = 'PUT {"platform":"fcm","token":"token-4"}';
  registered.length = 0;
  for (const times of [1, 2]) {
    await app.start();
    await until(app.connection, ({ status }) => status === "online");
    await app.registerDevice("fcm", "token-4");
    await app.registerDevice("fcm", "token-4");
    expect(registered).toEqual(Array(times).fill(put));
    await app.stop();
  }
});

test("the badge counts what is unread beyond a page", async () => {
  const app = await appOver(new AppStore());
  await app.start();
  const id = await meet(app, "Tell me everything.");
  await app.stop();
  const count = 60;
  for (let i = 0; i < count; i++) operator.send(id, `${i} ${"y".repeat(2000)}`);
  await until(
    operator.conversations,
    (all) => messages(all.get(id)).length > count && messages(all.get(id)).every((item) => item.seq !== undefined),
    pushPatienceMs,
  );

  const { seq = 0 } = messages(operator.conversations.value.get(id)).at(-1) ?? {};
  expect(await app.receivePush({ conversationId: id, seq, unread: count, text: "" })).toMatchObject({ badge: count, seq });
}, 60_000);

test("what one user left unsent does not go out as the next one, whose own words do, and the session before ends", async () => {
  const storage = await openKeyValueStorage(new AppStore());
  const start = async (subject?: string) => {
    const identity = async () => subject && identityToken(subject);
    const chat = createVisitorChat({ url: server.url, inbox: "demo", storage, identity });
    visitors.push(chat);
    await chat.start();
    return chat;
  };
  const sent = (chat: VisitorChat, body: string) =>
    until(chat.conversations, (all) =>
      [...all.values()].some((one) => messages(one).some((item) => item.body === body && item.seq !== undefined)),
    );
  const leave = async (chat: VisitorChat, body: string) => {
    await until(chat.connection, ({ status }) => status === "online");
    await chat.stop();
    chat.open({ body });
    await storage.flush();
  };

  await leave(await start(), "Before I signed in");
  const anna = await start("anna");
  await sent(anna, "Before I signed in");
  await leave(anna, "Anna's own");
  const again = await start("anna");
  await sent(again, "Anna's own");
  await leave(again, "Anna's secret");
  const { refreshToken, deviceId } = (await storage.read<{ refreshToken: string; deviceId: string }>("session")) ?? {};

  const bea = await start("bea");
  bea.open({ body: "Bea's own" });
  await sent(bea, "Bea's own");

  expect([...bea.conversations.value.values()].flatMap((one) => bodies(one))).toEqual(["Bea's own"]);
  expect(await storage.items()).toEqual([]);
  await vi.waitFor(async () => expect((await resume(deviceId, refreshToken)).status).toBe(401));

  const own = await storage.read<{ refreshToken: string }>("session");
  await bea.identify(identityToken("anna"));
  await until(bea.conversations, (all) => [...all.values()].some((one) => bodies(one).includes("Anna's own")));
  await vi.waitFor(async () => expect((await resume(deviceId, own?.refreshToken)).status).toBe(401));
  bea.open({ body: "Anna again" });
  await sent(bea, "Anna again");
  await bea.stop();
}, 60_000);

function resume(deviceId: string | undefined, refreshToken: string | undefined): Promise<Response> {
  const body = JSON.stringify({ inbox: "demo", deviceId, refreshToken });
  return fetch(`${server.url}/api/v1/visitor/session`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

function identityToken(sub = "customer-9"): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { aud: "demo", sub, exp: Math.floor(Date.now() / 1000) + 300 };
  const text = `${part({ alg: "HS256", typ: "JWT", kid: "site" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}
