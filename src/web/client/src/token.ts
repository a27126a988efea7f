import { toChatError } from "./errors.ts";
import type { ServerClock } from "./server-clock.ts";

export interface Granted {
  token: string;
  expiresAt: string;
}

/** The access token. A new one is fetched when four fifths of its life are over, when it proved bad, and once for all who ask. */
export class TokenKeeper {
  readonly #fetch: () => Promise<Granted>;
  readonly #clock: ServerClock;
  #token: string | undefined;
  #freshUntil = 0;
  #fetching: Promise<string> | undefined;

  constructor(fetch: () => Promise<Granted>, clock: ServerClock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Throws a `ChatError`: refused, or there was no answer. */
  get(): Promise<string> {
    if (this.#token !== undefined && performance.now() < this.#freshUntil) return Promise.resolve(this.#token);
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** Calls with the token, and where it is refused once more with a new one. */
  async use<T>(call: (token: string) => Promise<T>): Promise<T> {
    const token = await this.get();
    try {
      return await call(token);
    } catch (thrown) {
      if (toChatError(thrown).code !== "unauthenticated") throw thrown;
      if (token === this.#token) this.expire();
      return call(await this.get());
    }
  }

  take({ token, expiresAt }: Granted): void {
    this.#token = token;
    // The span is what counts: this device's clock may be hours off, and may jump.
    this.#freshUntil = performance.now() + 0.8 * (Date.parse(expiresAt) - this.#clock.now());
  }

  /** The next to ask gets a new one. */
  expire(): void {
    this.#token = undefined;
  }

  async #renew(): Promise<string> {
    const granted = await this.#fetch();
    this.take(granted);
    return granted.token;
  }
}
