import type { Problem } from "@gapless-chat/protocol";
import { ChatError, network } from "./errors.ts";
import type { ServerClock } from "./server-clock.ts";

const timeoutMs = 10_000;

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
    const response = await this.fetch(verb, path, options);
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** The answer's body is the caller's to read. */
  async fetch(
    verb: Verb,
    path: string,
    { body, token, waitMs = 0, signal, keepalive, headers }: CallOptions = {},
  ): Promise<Response> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs + waitMs);
    const abort = () => stop.abort();
    signal?.addEventListener("abort", abort);
    let response: Response;
    try {
      response = await fetch(this.#base + path, {
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
    } catch (error) {
      throw new ChatError(network, { detail: String(error) });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
    this.#clock.learn(response.headers.get("date"));
    if (response.ok) return response;
    throw await problem(response);
  }
}

// A proxy in between answers in its own words.
async function problem(response: Response): Promise<ChatError> {
  const told: Partial<Problem> = await response.json().catch(() => ({}));
  const guess = response.status >= 500 || response.status === 429 ? "unavailable" : "invalid";
  return new ChatError(told.code ?? (response.status === 401 ? "unauthenticated" : guess), told);
}
