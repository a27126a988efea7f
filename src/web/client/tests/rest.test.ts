import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rest } from "../src/rest";
import { ServerClock } from "../src/server-clock";

let status: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("fetch", async (_: string, { signal }: { signal: AbortSignal }) => stalled(signal));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Headers, and a body that never comes. */
function stalled(signal: AbortSignal): Response {
  const body = new ReadableStream({
    start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
  });
  return new Response(body, { status });
}

/** What comes of a call once its time is over. */
async function outcome(): Promise<string> {
  const told = new Rest("http://chat.example", new ServerClock()).call("POST", "/visitor/session").catch((error) => error.code);
  await vi.advanceTimersByTimeAsync(10_000);
  return Promise.race([told, "nothing yet"]) as Promise<string>;
}

test("an answer whose body stalls is none", async () => {
  status = 200;

  expect(await outcome()).toBe("network");
});

test("a refusal whose body stalls says what its status says", async () => {
  status = 401;

  expect(await outcome()).toBe("unauthenticated");
});
