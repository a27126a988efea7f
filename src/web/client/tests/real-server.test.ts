import { createHmac } from "node:crypto";
import type { InboxSettingsList } from "@gapless-chat/protocol";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createOperatorChat, createVisitorChat, type OperatorChat, type VisitorChat } from "../src/index";
import { withCookies } from "./cookies";
import { withoutSockets } from "./no-sockets";
import { ServerProcess } from "./server-process";
import { bodies, messages, until } from "./waiting";

let server: ServerProcess;
let operator: OperatorChat;
const visitors: VisitorChat[] = [];

beforeAll(async () => {
  vi.stubGlobal("fetch", withCookies(fetch));
  server = await ServerProcess.start();
  operator = createOperatorChat({ url: server.url, storage: "memory" });
  await operator.signIn({ email: "admin@localhost", password: server.password });
  const me = await until(operator.me, (value) => value !== undefined);
  operator.watch(me?.inboxes ?? []);
}, 60_000);

afterAll(async () => {
  await Promise.all([operator?.stop(), ...visitors.map((visitor) => visitor.stop())]);
  await server?.end();
});

async function visit(url = server.url): Promise<VisitorChat> {
  const visitor = createVisitorChat({ url, inbox: "demo", storage: "memory", locale: "en" });
  visitors.push(visitor);
  await visitor.start();
  return visitor;
}

/** A conversation that both have open. */
async function meet(visitor: VisitorChat, body: string): Promise<string> {
  const opening = visitor.open({ topic: "Luggage", body });
  await until(visitor.conversations, (all) => all.get(visitor.aliases.get(opening) ?? "")?.items.at(-1)?.state === "sent");
  const id = visitor.aliases.get(opening) ?? "";
  expect(visitor.conversations.value.has(opening)).toBe(false);
  operator.open(id);
  await until(operator.conversations, (all) => bodies(all.get(id)).includes(body));
  return id;
}

test("visitor and operator talk, and each sees how far the other has got", async () => {
  const visitor = await visit();
  const id = await meet(visitor, "Where is my bag?");
  await until(operator.rows, (rows) => rows.get(id)?.unread === 1);

  operator.read(id);
  await until(visitor.conversations, (all) => messages(all.get(id)).at(-1)?.state === "read");
  await until(operator.rows, (rows) => rows.get(id)?.unread === 0);
  expect((await operator.claim(id)).event?.type).toBe("assigned");
  visitor.typing(id);
  await until(operator.conversations, (all) => all.get(id)?.typing.length === 1);
  operator.send(id, "It is in Oslo.");
  const answered = await until(visitor.conversations, (all) => bodies(all.get(id)).length === 2);
  expect(answered.get(id)?.unread).toBe(1);

  const question = messages(answered.get(id))[0];
  visitor.edit(id, question?.seq ?? 0, "Where are my bags?");
  await until(operator.conversations, (all) => messages(all.get(id))[0]?.body === "Where are my bags?");
  visitor.remove(id, question?.seq ?? 0);
  await until(operator.conversations, (all) => messages(all.get(id))[0]?.deleted === true);
  expect(messages(operator.conversations.value.get(id))[0]?.body).toBeUndefined();

  await visitor.close(id);
  await until(operator.conversations, (all) => all.get(id)?.status === "closed");
  expect((await visitor.rate(id, 5, "Quick")).event?.data?.score).toBe(5);
});

test("an answer to what others have overtaken is held until it is released", async () => {
  const visitor = await visit();
  const id = await meet(visitor, "One");
  const seen = operator.conversations.value.get(id)?.seq ?? 0;
  visitor.send(id, "Two");
  await until(operator.conversations, (all) => bodies(all.get(id)).includes("Two"));

  const key = operator.send(id, "To your first question", { expectedSeq: seen });
  const held = await until(operator.conversations, (all) => all.get(id)?.items.at(-1)?.state === "held");
  expect(
    held
      .get(id)
      ?.items.at(-1)
      ?.missing?.map((event) => event.data?.body),
  ).toEqual(["Two"]);
  operator.release(id, key);

  await until(visitor.conversations, (all) => bodies(all.get(id)).length === 3);
  expect(bodies(operator.conversations.value.get(id))).toEqual(["One", "Two", "To your first question"]);
});

test("nothing is lost or doubled when the server is killed and comes back", async () => {
  const visitor = await visit();
  const id = await meet(visitor, "Hello");
  const wanted = ["Hello"];
  const say = (who: VisitorChat | OperatorChat, body: string) => {
    who.send(id, body);
    wanted.push(body);
  };
  for (let i = 0; i < 10; i++) say(i % 2 ? operator : visitor, `before ${i}`);

  await server.kill();
  for (let i = 0; i < 10; i++) say(i % 2 ? operator : visitor, `while away ${i}`);
  const second = visitor.open({ body: "Opened while away" });
  await until(visitor.connection, (state) => state.status === "offline");
  await server.start();

  for (const chat of [visitor, operator]) {
    await until(
      chat.conversations,
      (all) => messages(all.get(id)).filter((item) => item.seq !== undefined).length === wanted.length,
    );
    const said = bodies(chat.conversations.value.get(id));
    expect([...said].sort()).toEqual([...wanted].sort());
    for (const side of ["visitor", "operator"] as const) {
      const own = messages(chat.conversations.value.get(id)).filter((item) => item.actor.kind === side);
      expect(own.map((item) => item.body)).toEqual(wanted.filter((body) => own.some((item) => item.body === body)));
    }
  }
  expect(visitor.conversations.value.get(id)?.items).toHaveLength(operator.conversations.value.get(id)?.items.length ?? 0);
  await until(visitor.conversations, (all) => bodies(all.get(visitor.aliases.get(second) ?? "")).includes("Opened while away"));
}, 60_000);

test("where sockets are impossible, the same goes over REST", async () => {
  const proxy = await withoutSockets(server.url);
  const visitor = await visit(proxy.url);
  await until(visitor.connection, ({ status, transport }) => status === "online" && transport === "poll");
  const id = await meet(visitor, "Can you hear me?");

  operator.send(id, "Yes, slowly.");
  await until(visitor.conversations, (all) => bodies(all.get(id)).includes("Yes, slowly."));
  const question = messages(visitor.conversations.value.get(id))[0];
  visitor.edit(id, question?.seq ?? 0, "Can you read me?");
  await until(operator.conversations, (all) => messages(all.get(id))[0]?.body === "Can you read me?");
  operator.send(id, "Word by word.");
  await until(visitor.conversations, (all) => bodies(all.get(id)).length === 3);
  await visitor.close(id);
  await until(operator.conversations, (all) => all.get(id)?.status === "closed");

  expect(bodies(visitor.conversations.value.get(id))).toEqual(["Can you read me?", "Yes, slowly.", "Word by word."]);
  await visitor.stop();
  proxy.server.closeAllConnections();
  proxy.server.close();
}, 60_000);

test("a visitor whom the host site vouches for keeps his conversations, and leaves none behind when he logs out", async () => {
  const { inboxes } = await operator.rest<InboxSettingsList>("GET", "/admin/inboxes");
  const secret = "a secret of the host site, for tests";
  await operator.rest("PUT", `/admin/inboxes/${inboxes[0]?.id}/identity-keys/site`, { algorithm: "HS256", secret });
  const visitor = await visit();
  const id = await meet(visitor, "From before I signed in");
  const anonymous = visitor.session.value.visitorId;

  await visitor.identify(identityToken(secret, "customer-7"));
  await until(visitor.session, ({ identified, visitorId }) => identified && visitorId !== anonymous);
  visitor.send(id, "And after");
  await until(
    visitor.conversations,
    (all) => messages(all.get(id)).every((item) => item.state !== "sending") && bodies(all.get(id)).length === 2,
  );
  await expect(visitor.identify(identityToken("another secret than the one of the site", "customer-7"))).rejects.toMatchObject({
    code: "unauthenticated",
  });

  await visitor.logout();
  expect([visitor.conversations.value.size, visitor.session.value]).toEqual([0, { identified: false }]);
  await visitor.start();
  await until(visitor.connection, ({ status }) => status === "online");
  expect(visitor.conversations.value.size).toBe(0);
  const again = visitor.open({ body: "Somebody else" });
  await until(visitor.conversations, (all) => bodies(all.get(visitor.aliases.get(again) ?? "")).length === 1);
  expect(visitor.session.value.identified).toBe(false);
});

function identityToken(secret: string, subject: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { aud: "demo", sub: subject, name: "Vera", exp: Math.floor(Date.now() / 1000) + 300 };
  const text = `${part({ alg: "HS256", typ: "JWT", kid: "site" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

test("a key that no inbox has stops the client, with the reason", async () => {
  const visitor = createVisitorChat({ url: server.url, inbox: "nobody", storage: "memory" });
  await visitor.start();

  const state = await until(visitor.connection, ({ status }) => status === "stopped");
  expect(state.reason).toBe("not_found");
});
