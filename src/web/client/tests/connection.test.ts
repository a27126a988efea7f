import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Connection } from "../src/connection";
import { ChatError, network } from "../src/errors";
import type { Link, OnPush } from "../src/link";
import { ServerClock } from "../src/server-clock";
import { TokenKeeper } from "../src/token";
import type { ConnectionState } from "../src/types";
import { SimulatedServer } from "./simulated-server";

const seconds = 1000;

let server: SimulatedServer;
let connection: Connection;
let states: ConnectionState[];
let asked: number;
let handshakes: number[];
let push: OnPush | undefined;
let session: () => { token: string; expiresAt: string };
let socket: (token: string, onPush: OnPush) => Promise<Link>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  server = new SimulatedServer(() => 0.5);
  states = [];
  handshakes = [];
  asked = 0;
  session = () => ({ token: `token ${asked}`, expiresAt: new Date(Date.now() + 3600 * seconds).toISOString() });
  socket = (_, onPush) => server.connect(onPush);
  const tokens = new TokenKeeper(async () => {
    asked++;
    return session();
  }, new ServerClock());
  const dial = {
    socket: (token: string, onPush: OnPush) => {
      handshakes.push(Date.now());
      push = onPush;
      return socket(token, onPush);
    },
    poll: async (onPush: OnPush) => poll(onPush),
  };
  connection = new Connection(tokens, dial, {
    hello: () => ({ protocol: 1, deviceId: "device-1", cursors: [] }),
    onHello: () => undefined,
    onPush: () => undefined,
    onState: (state) => states.push(state),
  });
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

// REST as the server of these tests speaks it: the same, under another name.
function poll(onPush: OnPush): Link {
  const link = server.connect(onPush);
  return {
    transport: "poll",
    ended: link.then((opened) => opened.ended),
    invoke: async (method, request) => (await link).invoke(method, request),
    close: () => void link.then((opened) => opened.close()),
  };
}

function status(): string {
  return `${states.at(-1)?.status} ${states.at(-1)?.reason ?? ""}`.trim();
}

async function online(): Promise<void> {
  connection.start();
  await vi.advanceTimersByTimeAsync(seconds);
  expect(status()).toBe("online");
}

const fails = () => Promise.reject(new ChatError(network));

describe("connecting again", () => {
  test("goes on for ever, with full jitter up to 30 s", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    socket = fails;
    session = () => {
      throw new ChatError("unavailable");
    };
    connection.start();
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      await vi.advanceTimersByTimeAsync(0);
      waits.push(Math.round((states.at(-1)?.retryAt ?? 0) - Date.now()));
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
    expect(states.some((state) => state.status === "stopped")).toBe(false);
  });

  test("happens at once when the network is back", async () => {
    await online();
    const granted = session;
    socket = fails;
    session = () => {
      throw new ChatError(network);
    };
    server.cut();
    vi.spyOn(Math, "random").mockReturnValue(1);
    await vi.advanceTimersByTimeAsync(70 * seconds);
    expect(status()).toBe("offline network");
    session = granted;
    socket = (_, onPush) => server.connect(onPush);
    connection.hurry();
    await vi.advanceTimersByTimeAsync(200);
    expect(status()).toBe("online");
  });

  test("after goAway takes at most a second of jitter", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.9);
    await online();
    const told = Date.now();
    push?.("goAway", { reason: "drain" });
    await vi.advanceTimersByTimeAsync(1100);
    expect(status()).toBe("online");
    expect(handshakes).toHaveLength(2);
    expect((handshakes[1] ?? 0) - told).toBeGreaterThanOrEqual(900);
    expect((handshakes[1] ?? 0) - told).toBeLessThanOrEqual(1000);
    expect(states.some((state) => state.status === "offline")).toBe(false);
  });

  test.each(["revoked", "blocked", "replaced"])("does not happen after %s", async (reason) => {
    await online();
    server.cut(reason);
    await vi.advanceTimersByTimeAsync(120 * seconds);
    expect(status()).toBe(`stopped ${reason}`);
    expect(handshakes).toHaveLength(1);
  });

  test("takes a new token after expired", async () => {
    await online();
    expect(asked).toBe(1);
    server.cut("expired");
    await vi.advanceTimersByTimeAsync(2 * seconds);
    expect([status(), asked]).toEqual(["online", 2]);
  });

  test.each(["expired", "access_changed"])(
    "takes a new token after goAway %s and a close that does not say why",
    async (reason) => {
      await online();
      push?.("goAway", { reason });
      server.cut();
      await vi.advanceTimersByTimeAsync(2 * seconds);
      expect([status(), asked]).toEqual(["online", 2]);
    },
  );
});

describe("a call without an answer", () => {
  test("ends the link after 10 s, and fails as unknown", async () => {
    await online();
    server.faults = 1;
    const call = connection.invoke("Sync", { cursors: [] }).catch((error: ChatError) => error.code);
    await vi.advanceTimersByTimeAsync(9.9 * seconds);
    expect(status()).toBe("online");
    server.faults = 0;
    await vi.advanceTimersByTimeAsync(2 * seconds);
    expect(await call).toBe(network);
    expect(handshakes).toHaveLength(2);
    expect(status()).toBe("online");
  });
});

describe("failed handshakes", () => {
  test("two of them make it ask the session endpoint, which may refuse", async () => {
    socket = fails;
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toBe(1);
    session = () => {
      throw new ChatError("forbidden", { detail: "blocked" });
    };
    await vi.advanceTimersByTimeAsync(10 * seconds);
    expect([status(), asked, handshakes.length]).toEqual(["stopped blocked", 2, 2]);
  });

  test("with a session endpoint that answers make it go over REST, until a socket is possible", async () => {
    socket = fails;
    connection.start();
    await vi.advanceTimersByTimeAsync(10 * seconds);
    expect(states.at(-1)).toMatchObject({ status: "online", transport: "poll" });
    socket = (_, onPush) => server.connect(onPush);
    await vi.advanceTimersByTimeAsync(62 * seconds);
    expect(states.at(-1)).toMatchObject({ status: "online", transport: "socket" });
  });

  test("a socket that is tried meanwhile and opens too late is closed", async () => {
    socket = fails;
    connection.start();
    await vi.advanceTimersByTimeAsync(10 * seconds);
    socket = async (_, onPush) => {
      await new Promise((resolve) => setTimeout(resolve, 11 * seconds));
      return server.connect(onPush);
    };
    await vi.advanceTimersByTimeAsync(75 * seconds);

    expect(states.at(-1)).toMatchObject({ status: "online", transport: "poll" });
    expect(handshakes).toHaveLength(3);
    expect(server.connections).toBe(1);
  });

  test("while the whole server is away do not make it go over REST", async () => {
    await online();
    const away = server;
    socket = fails;
    session = () => {
      throw new ChatError(network);
    };
    away.cut();
    await vi.advanceTimersByTimeAsync(120 * seconds);
    socket = (_, onPush) => server.connect(onPush);
    session = () => ({ token: "new", expiresAt: new Date(Date.now() + 3600 * seconds).toISOString() });
    await vi.advanceTimersByTimeAsync(40 * seconds);
    expect(states.at(-1)).toMatchObject({ status: "online", transport: "socket" });
    expect(states.some((state) => state.transport === "poll")).toBe(false);
  });
});

describe("the token", () => {
  test("is renewed when four fifths of its life are over, however wrong this device's clock is", async () => {
    const clock = new ServerClock();
    const serverNow = () => Date.now() + 5 * 3600 * seconds;
    let fetched = 0;
    const tokens = new TokenKeeper(async () => {
      clock.learn(new Date(serverNow()).toISOString());
      return { token: `token ${++fetched}`, expiresAt: new Date(serverNow() + 100 * seconds).toISOString() };
    }, clock);
    expect(await tokens.get()).toBe("token 1");
    await vi.advanceTimersByTimeAsync(79 * seconds);
    expect(await tokens.get()).toBe("token 1");
    vi.setSystemTime(Date.now() - 24 * 3600 * seconds);
    await vi.advanceTimersByTimeAsync(2 * seconds);
    expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(["token 2", "token 2"]);
  });
});
