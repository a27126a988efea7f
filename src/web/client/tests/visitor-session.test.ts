import type { VisitorSessionRequest } from "@gapless-chat/protocol";
import { expect, test } from "vitest";
import { BrowserStorage } from "../src/browser-storage";
import { ChatError } from "../src/errors";
import type { Rest } from "../src/rest";
import { type ClientStorage, MemoryStorage } from "../src/storage";
import { VisitorSessions } from "../src/visitor-session";
import "fake-indexeddb/auto";

/** Answers when it is told to, one after the other, with refresh tokens r1, r2 …; who is identified is the visitor of that name. */
class SlowRest {
  readonly asked: VisitorSessionRequest[] = [];
  readonly ended: string[] = [];
  hears = true;
  /** Neither takes nor refuses a logout. */
  isSilent = false;
  #visitorId = "anonymous";
  readonly #answers: ((error?: ChatError) => void)[] = [];

  call(_method: string, path: string, { body }: { body: VisitorSessionRequest }): Promise<unknown> {
    if (path === "/visitor/logout") {
      if (this.isSilent) return new Promise(() => undefined);
      if (!this.hears) return Promise.reject(new ChatError("network"));
      this.ended.push(body.refreshToken ?? "");
      return Promise.resolve();
    }
    this.asked.push(body);
    this.#visitorId = body.identityToken ?? (body.refreshToken ? this.#visitorId : "anonymous");
    const visitorId = this.#visitorId;
    const number = this.asked.length;
    return new Promise((resolve, reject) => {
      this.#answers.push((error) =>
        error ? reject(error) : resolve({ token: `t${number}`, refreshToken: `r${number}`, visitorId }),
      );
    });
  }

  async answer(error?: ChatError): Promise<void> {
    await expect.poll(() => this.#answers.length).toBeGreaterThan(0);
    this.#answers.shift()?.(error);
  }
}

function sessionsOver(
  rest: SlowRest,
  identity?: () => Promise<string | undefined>,
  storage: ClientStorage = new MemoryStorage(),
): VisitorSessions {
  return new VisitorSessions(rest as unknown as Rest, storage, { inbox: "demo", ...(identity ? { identity } : {}) });
}

async function opened(rest: SlowRest, sessions: VisitorSessions): Promise<void> {
  const session = sessions.open();
  await rest.answer();
  await session;
  await sessions.part();
}

test("a session that is asked for while identifying is under way continues the identified one", async () => {
  const rest = new SlowRest();
  const sessions = sessionsOver(rest);
  const anonymous = sessions.open();
  await rest.answer();
  await anonymous;

  const identified = sessions.identify("jwt");
  const renewed = sessions.open();
  await rest.answer();
  await identified;
  await rest.answer();
  await renewed;

  expect(rest.asked.map(({ identityToken, refreshToken }) => [identityToken, refreshToken])).toEqual([
    [undefined, undefined],
    ["jwt", "r1"],
    [undefined, "r2"],
  ]);
});

test("a session that ended with the host site's key goes on as that of the user whom the site names now", async () => {
  const rest = new SlowRest();
  let key = 1;
  const sessions = sessionsOver(rest, async () => `jwt${key}`);
  const identified = sessions.open();
  await rest.answer();
  await identified;

  key = 2;
  const renewed = sessions.open();
  await rest.answer(new ChatError("unauthenticated"));
  await rest.answer();
  await renewed;

  expect(rest.asked.map(({ identityToken, refreshToken }) => [identityToken, refreshToken])).toEqual([
    ["jwt1", undefined],
    [undefined, "r1"],
    ["jwt2", undefined],
  ]);
  expect(sessions.stored.identified).toBe(true);
});

test("a session that ended is over where the host site names nobody any more", async () => {
  const rest = new SlowRest();
  let user: string | undefined = "jwt";
  const sessions = sessionsOver(rest, async () => user);
  const identified = sessions.open();
  await rest.answer();
  await identified;

  user = undefined;
  const renewed = sessions.open();
  await rest.answer(new ChatError("unauthenticated"));

  await expect(renewed).rejects.toMatchObject({ code: "unauthenticated" });
  expect(rest.asked).toHaveLength(2);
});

test("a session of which the server could not hear that it ended is ended after the next start, and nothing else is kept of it", async () => {
  const [rest, storage] = [new SlowRest(), new MemoryStorage()];
  const sessions = sessionsOver(rest, async () => "anna", storage);
  await opened(rest, sessions);
  rest.hears = false;
  await sessions.logout();
  expect([await storage.read("session"), await storage.read("farewells")]).toEqual([undefined, ["r1"]]);

  await opened(rest, sessionsOver(rest, undefined, storage));
  expect(rest.ended).toEqual([]);
  rest.hears = true;
  await opened(rest, sessionsOver(rest, undefined, storage));

  expect([rest.ended, await storage.read("farewells")]).toEqual([["r1"], undefined]);
});

test("a user's session ends when another user's begins, and not when the same one's goes on or an anonymous visitor's becomes a user's", async () => {
  const [rest, storage] = [new SlowRest(), new MemoryStorage()];
  let replaced = 0;
  const start = async (user?: string) => {
    const sessions = sessionsOver(rest, async () => user, storage);
    sessions.replaced = async () => void replaced++;
    await opened(rest, sessions);
  };
  await start();
  await start("anna");
  await start("anna");
  await start();
  expect([rest.ended, replaced]).toEqual([[], 0]);

  await start("bea");

  expect([rest.ended, replaced]).toEqual([["r4"], 1]);
});

test("who logs out while the host site is asked for its user is nobody, also when it answers", async () => {
  const [rest, storage] = [new SlowRest(), new MemoryStorage()];
  let tell: (token: string) => void = () => undefined;
  const sessions = sessionsOver(rest, () => new Promise((resolve) => (tell = resolve)), storage);
  const session = sessions.open();
  await expect.poll(() => tell.length).toBe(1);
  await sessions.logout();
  tell("anna");

  await expect(session).rejects.toMatchObject({ code: "network" });
  expect([rest.asked, await storage.read("session")]).toEqual([[], undefined]);
});

test("who is to be identified behind a renewal is not, after a logout", async () => {
  const [rest, storage] = [new SlowRest(), new MemoryStorage()];
  const sessions = sessionsOver(rest, undefined, storage);
  const renewed = sessions.open().catch((error) => error.code);
  await expect.poll(() => rest.asked).toHaveLength(1);
  const identified = sessions.identify("anna").catch((error) => error.code);
  await sessions.logout();
  await rest.answer();

  expect(await Promise.all([renewed, identified])).toEqual(["network", "network"]);
  expect([rest.asked.length, await storage.read("session")]).toEqual([1, undefined]);
});

test("what reads the session while it ends does not bring it back", async () => {
  const [rest, storage] = [new SlowRest(), new BrowserStorage(crypto.randomUUID())];
  const sessions = sessionsOver(rest, async () => "anna", storage);
  await opened(rest, sessions);
  const over = sessions.logout();
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  while (!isOver) await sessions.load();

  expect(sessions.stored.visitorId).toBeUndefined();
});

test("a session that ends where nothing is answered is kept to be ended, though the app is closed at once", async () => {
  const [rest, storage] = [new SlowRest(), new MemoryStorage()];
  const sessions = sessionsOver(rest, async () => "anna", storage);
  await opened(rest, sessions);
  rest.isSilent = true;
  void sessions.logout();
  await expect.poll(async () => [await storage.read("session"), await storage.read("farewells")]).toEqual([undefined, ["r1"]]);

  rest.isSilent = false;
  await opened(rest, sessionsOver(rest, undefined, storage));
  expect([rest.ended, await storage.read("farewells")]).toEqual([["r1"], undefined]);
});

test("a session that is granted after its logout is ended", async () => {
  const rest = new SlowRest();
  const sessions = sessionsOver(rest);
  const session = sessions.open().catch((error) => error.code);
  await expect.poll(() => rest.asked).toHaveLength(1);
  await sessions.logout();

  await rest.answer();

  expect([await session, rest.ended]).toEqual(["network", ["r1"]]);
});
