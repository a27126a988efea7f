import type { OperatorSession, OperatorSessionRequest } from "@gapless-chat/protocol";
import { ChatError, mustChangePassword, network, toChatError } from "./errors.ts";
import type { SignIn } from "./operator-api.ts";
import type { Rest } from "./rest.ts";
import type { ClientStorage } from "./storage.ts";
import type { TokenKeeper } from "./token.ts";

const key = "refresh";

/**
 * The operator's session. A browser keeps its refresh token in a cookie that no script can read; Node keeps none, so that there it is kept here and in the
 * storage.
 */
export class OperatorSessions {
  readonly #rest: Rest;
  readonly #storage: ClientStorage;
  readonly #credentials: (() => Promise<SignIn>) | undefined;
  /** Name and value, where no browser keeps it. */
  #cookie: string | undefined;
  #account: string | undefined;
  /** Counts sign-outs: what was under way before one must not bring the session back. */
  #ended = 0;
  #opened = 0;
  /** Who is at work: no other account's session may take over. */
  holder: string | undefined;

  constructor(rest: Rest, storage: ClientStorage, credentials: (() => Promise<SignIn>) | undefined) {
    this.#rest = rest;
    this.#storage = storage;
    this.#credentials = credentials;
  }

  open(request: OperatorSessionRequest): Promise<OperatorSession> {
    return this.#open(request, this.#ended);
  }

  /** Whose session it was when it was last opened. */
  get account(): string | undefined {
    return this.#account;
  }

  /** A new access token: by the refresh token, and where that is good no longer by the credentials. */
  async renew(): Promise<OperatorSession> {
    const ended = this.#ended;
    const kept = this.#cookie ?? (await this.#storage.read<string>(key));
    this.#check(ended);
    this.#cookie = kept;
    const ask = this.#credentials;
    // Without a cookie Node has nothing to continue.
    const mayContinue = !ask || this.#cookie !== undefined || "document" in globalThis;
    if (mayContinue) {
      try {
        return this.#own(await this.#open({}, ended));
      } catch (thrown) {
        if (!ask || toChatError(thrown).code !== "unauthenticated") throw thrown;
      }
    }
    this.#check(ended);
    this.#cookie = undefined;
    return this.#own(await this.#open(await ask(), ended));
  }

  /** False when there is no session to continue, and nobody says how to sign in. */
  async resume(tokens: TokenKeeper): Promise<boolean> {
    try {
      await tokens.get();
      return true;
    } catch (thrown) {
      const error = toChatError(thrown);
      if (error.code === "unauthenticated" && !this.#credentials) return false;
      throw error;
    }
  }

  /** Writes what is kept here into the storage, once more after it was cleared. */
  async keep(): Promise<void> {
    if (this.#cookie !== undefined) await this.#storage.write(key, this.#cookie);
  }

  async logout(): Promise<void> {
    const cookies = this.#cookies();
    this.#ended++;
    this.#cookie = undefined;
    await this.#rest.call("POST", "/operator/logout", { keepalive: true, ...cookies });
  }

  /** `ended`: of the moment at which it was asked for. */
  async #open(request: OperatorSessionRequest, ended: number): Promise<OperatorSession> {
    this.#check(ended);
    const opened = ++this.#opened;
    const { session, cookie } = await this.#rest.fetch(
      "POST",
      "/operator/session",
      { body: request, ...this.#cookies() },
      async (response) => ({
        session: (await response.json()) as OperatorSession,
        // Browsers show scripts no cookies.
        cookie: response.headers.getSetCookie?.()[0]?.split(";")[0],
      }),
    );
    if (ended !== this.#ended) await this.#part(cookie, opened);
    this.#check(ended);
    if (cookie !== undefined) {
      this.#cookie = cookie;
      await this.keep();
    }
    if (!session.mustChangePassword) this.#account = session.operator.id;
    return session;
  }

  /** A session that came after its sign-out. A browser's cookie may be that of the next one by now. */
  async #part(cookie: string | undefined, opened: number): Promise<void> {
    if (cookie === undefined && opened !== this.#opened) return;
    const headers = cookie === undefined ? {} : { headers: { cookie } };
    await this.#rest.call("POST", "/operator/logout", { keepalive: true, ...headers }).catch(() => undefined);
  }

  // The browser's cookie may be that of who signed in on another page, and the credentials those of another account.
  #own(session: OperatorSession): OperatorSession {
    if (this.holder !== undefined && session.operator.id !== this.holder)
      throw new ChatError("unauthenticated", { detail: "The session is that of another account." });
    return usable(session);
  }

  #check(ended: number): void {
    if (ended !== this.#ended) throw new ChatError(network);
  }

  #cookies(): { headers?: Record<string, string> } {
    return this.#cookie === undefined ? {} : { headers: { cookie: this.#cookie } };
  }
}

function usable(session: OperatorSession): OperatorSession {
  if (session.mustChangePassword) throw new ChatError(mustChangePassword, { detail: "The account needs a new password first." });
  return session;
}
