import type { VisitorSession, VisitorSessionRequest } from "@chat/protocol";
import { ChatError, network, toChatError } from "./errors.ts";
import { newId } from "./new-id.ts";
import type { Rest } from "./rest.ts";
import type { ClientStorage } from "./storage.ts";
import type { Granted } from "./token.ts";

interface Stored {
  deviceId: string;
  refreshToken?: string;
  visitorId?: string;
  identified?: boolean;
}

const key = "session";

export interface VisitorSessionOptions {
  inbox: string;
  locale?: string | undefined;
  identity?: (() => Promise<string | undefined>) | undefined;
}

/** The visitor's session on this device: who he is, and how that is continued. */
export class VisitorSessions {
  readonly #rest: Rest;
  readonly #storage: ClientStorage;
  readonly #options: VisitorSessionOptions;
  #stored: Stored = { deviceId: newId() };
  #identityToken: string | undefined;
  #isFirst = true;
  #ended = 0;

  constructor(rest: Rest, storage: ClientStorage, options: VisitorSessionOptions) {
    this.#rest = rest;
    this.#storage = storage;
    this.#options = options;
  }

  get deviceId(): string {
    return this.#stored.deviceId;
  }

  get visitorId(): string | undefined {
    return this.#stored.visitorId;
  }

  get identified(): boolean {
    return this.#stored.identified ?? false;
  }

  /** What the store knows: another tab may have continued or changed the session. */
  async load(): Promise<void> {
    const stored = await this.#storage.read<Stored>(key);
    if (stored) this.#stored = stored;
  }

  /** The next session is that of the host site's user. */
  async identify(token: string): Promise<Granted> {
    return this.#open(token);
  }

  /** For the keeper of the token. */
  async open(): Promise<Granted> {
    await this.load();
    const isFirst = this.#isFirst;
    if (isFirst) this.#identityToken = await this.#options.identity?.().catch(() => undefined);
    try {
      return await this.#open(this.#identityToken);
    } catch (thrown) {
      const error = toChatError(thrown);
      // Last time's session has ended, or the host site's word is stale: whoever comes now is somebody new.
      if (error.code !== "unauthenticated" || !isFirst) throw error;
      delete this.#stored.refreshToken;
      return await this.#open(undefined);
    }
  }

  /** Another tab, or this one, has ended the session: what is still under way must not bring it back. */
  forget(): void {
    this.#ended++;
    this.#stored = { deviceId: newId() };
    this.#identityToken = undefined;
    this.#isFirst = true;
  }

  async logout(): Promise<void> {
    await this.load();
    const { refreshToken } = this.#stored;
    this.forget();
    const told = refreshToken && this.#rest.call("POST", "/visitor/logout", { body: { refreshToken }, keepalive: true });
    await Promise.all([told, this.#storage.clear()]);
  }

  async #open(identityToken: string | undefined): Promise<Granted> {
    const { deviceId, refreshToken } = this.#stored;
    const { inbox, locale } = this.#options;
    const body: VisitorSessionRequest = {
      inbox,
      deviceId,
      ...(refreshToken ? { refreshToken } : {}),
      ...(identityToken ? { identityToken } : {}),
      ...(locale ? { locale } : {}),
    };
    const ended = this.#ended;
    const session = await this.#rest.call<VisitorSession>("POST", "/visitor/session", { body });
    if (ended !== this.#ended) throw new ChatError(network);
    // Good for minutes; from here on the refresh token says the same.
    this.#identityToken = undefined;
    this.#isFirst = false;
    const identified = identityToken !== undefined || (this.identified && session.visitorId === this.visitorId);
    this.#stored = { deviceId, refreshToken: session.refreshToken, visitorId: session.visitorId, identified };
    await this.#storage.write(key, this.#stored);
    return session;
  }
}
