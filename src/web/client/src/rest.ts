import type { Problem } from "@gapless-chat/protocol";
import { ChatError, toChatError } from "./errors.ts";
import type { ServerClock } from "./server-clock.ts";

const timeoutMs = 10_000;
/** How long a file may take beyond that, over a slow network. */
export const downloadMs = 50_000;

export type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface CallOptions {
  body?: unknown;
  token?: string;
  /** How long the answer may take beyond what is usual. */
  waitMs?: number;
  signal?: AbortSignal;
  /** Goes on when the page is left. */
  keepalive?: boolean;
  headers?: Record<string, string>;
}

/** Calls below `/api/v1`. Refusals become `ChatError`s, as does no answer. */
export class Rest {
  readonly #base: string;
  readonly #clock: ServerClock;

  constructor(url: string, clock: ServerClock) {
    this.#base = `${url.replace(/\/$/, "")}/api/v1`;
    this.#clock = clock;
  }

  async call<T>(verb: Verb, path: string, options: CallOptions = {}): Promise<T> {
    return this.fetch(verb, path, options, async (response) => {
      const text = await response.text();
      return (text === "" ? undefined : JSON.parse(text)) as T;
    });
  }

  /** `read` takes the answer's body, in the time that the answer has as a whole: it may stall behind its headers. */
  async fetch<T>(
    verb: Verb,
    path: string,
    { body, token, waitMs = 0, signal, keepalive, headers }: CallOptions,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs + waitMs);
    const abort = () => stop.abort();
    signal?.addEventListener("abort", abort);
    try {
      const response = await fetch(this.#base + path, {
        method: verb,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: stop.signal,
        ...(keepalive ? { keepalive } : {}),
      });
      this.#clock.learn(response.headers.get("date"));
      if (!response.ok) throw await problem(response);
      return await read(response);
    } catch (error) {
      throw toChatError(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

// A proxy in between answers in its own words.
async function problem(response: Response): Promise<ChatError> {
  const told: Partial<Problem> = await response.json().catch(() => ({}));
  const guess = response.status >= 500 || response.status === 429 ? "unavailable" : "invalid";
  return new ChatError(told.code ?? (response.status === 401 ? "unauthenticated" : guess), told);
}
