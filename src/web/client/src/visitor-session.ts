import type { VisitorSession, VisitorSessionRequest } from "@gapless-chat/protocol";
import { ChatError, network, toChatError } from "./errors.ts";
import { newId } from "./new-id.ts";
import type { Rest } from "./rest.ts";
import type { ClientStorage } from "./storage.ts";
import type { Granted } from "./token.ts";

interface Stored {
  deviceId: string;
  refreshToken?: string;
  visitorId?: string;
  identified?: boolean | undefined;
  push?: PushAddress | undefined;
}

/** Where the app wants to be woken. Without a token: nowhere, which is still to be told. */
export interface PushAddress {
  platform?: string;
  token?: string;
}

const key = "session";
/** Refresh tokens of sessions that have ended here, until the server has heard it. They outlive what is wiped. */
const farewellsKey = "farewells";

export interface VisitorSessionOptions {
  inbox: string;
  locale?: string | undefined;
  identity?: (() => Promise<string | undefined>) | undefined;
}

/** The visitor's session on this device: who they are, and how that is continued. */
export class VisitorSessions {
  /** An identified user's session gives way to somebody else's. */
  replaced: (() => Promise<void>) | undefined;
  readonly #rest: Rest;
  readonly #storage: ClientStorage;
  readonly #options: VisitorSessionOptions;
  #stored: Stored = { deviceId: newId() };
  #identityToken: string | undefined;
  #isFirst = true;
  /** Counts logouts: what was under way before one must not bring the session back. */
  #ended = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(rest: Rest, storage: ClientStorage, options: VisitorSessionOptions) {
    this.#rest = rest;
    this.#storage = storage;
    this.#options = options;
  }

  get stored(): Readonly<Stored> {
    return this.#stored;
  }

  /** What the store knows: another tab may have continued or changed the session. */
  async load(): Promise<void> {
    const ended = this.#ended;
    const stored = await this.#storage.read<Stored>(key);
    if (stored && ended === this.#ended) this.#stored = stored;
  }

  keep(change: Partial<Stored>): Promise<void> {
    this.#stored = { ...this.#stored, ...change };
    return this.#storage.write(key, this.#stored);
  }

  /** The next session is that of the host site's user. */
  async identify(token: string): Promise<Granted> {
    const ended = this.#ended;
    return this.#alone(() => this.#open(token, ended));
  }

  /** For the keeper of the token. */
  async open(): Promise<Granted> {
    const ended = this.#ended;
    await this.load();
    const isFirst = this.#isFirst;
    if (isFirst) {
      const identityToken = await this.#askHost();
      this.#check(ended);
      this.#identityToken = identityToken;
    }
    return this.#alone(async () => {
      try {
        return await this.#open(this.#identityToken, ended);
      } catch (thrown) {
        const error = toChatError(thrown);
        if (error.code !== "unauthenticated") throw error;
        // The session has ended, perhaps with the key of the host site, which may know its user still. At the start the site has been asked: whoever
        // comes now is somebody new.
        const identityToken = isFirst ? undefined : await this.#askHost();
        if (!isFirst && !identityToken) throw error;
        delete this.#stored.refreshToken;
        return await this.#open(identityToken, ended);
      }
    });
  }

  /** Another tab, or this one, has ended the session. */
  forget(): void {
    this.#ended++;
    this.#stored = { deviceId: newId() };
    this.#identityToken = undefined;
    this.#isFirst = true;
  }

  async logout(): Promise<void> {
    await this.load();
    const farewells = await this.#farewells(this.#stored.refreshToken);
    this.forget();
    await this.#part(farewells, () => this.#storage.clear());
  }

  /** Tells the server which sessions have ended, that it has not heard of: it forgets their device with them. */
  async part(): Promise<void> {
    await this.#part(await this.#farewells());
  }

  async #farewells(ended?: string): Promise<string[]> {
    const earlier = (await this.#storage.read<string[]>(farewellsKey)) ?? [];
    return ended ? [...earlier, ended] : earlier;
  }

  async #part(tokens: string[], wipe?: () => Promise<void>): Promise<void> {
    // First: whoever logs out may close the page at once.
    const calls = tokens.map((refreshToken) =>
      this.#rest.call("POST", "/visitor/logout", { body: { refreshToken }, keepalive: true }).then(
        () => [refreshToken],
        (thrown) => (toChatError(thrown).retryable ? [] : [refreshToken]),
      ),
    );
    if (wipe) {
      await wipe();
      // An app may be closed long before a bad network has had its time.
      if (tokens.length) await this.#storage.write(farewellsKey, tokens);
    }
    const heard = (await Promise.all(calls)).flat();
    // Another session may have ended meanwhile.
    const unheard = (await this.#farewells()).filter((token) => !heard.includes(token));
    if (heard.length) await this.#storage.write(farewellsKey, unheard.length ? unheard : undefined);
  }

  async #askHost(): Promise<string | undefined> {
    return this.#options.identity?.().catch(() => undefined);
  }

  // One after the other: identifying ends the session before, and its socket may be told so before we are. Who then asks with that session's token, which
  // is good no longer, would be nobody.
  #alone(work: () => Promise<Granted>): Promise<Granted> {
    const next = this.#last.then(work);
    this.#last = next.then(
      () => undefined,
      () => undefined,
    );
    return next;
  }

  #check(ended: number): void {
    if (ended !== this.#ended) throw new ChatError(network);
  }

  /** `ended`: of the moment at which it was asked for. */
  async #open(identityToken: string | undefined, ended: number): Promise<Granted> {
    this.#check(ended);
    const { deviceId, refreshToken } = this.#stored;
    const { inbox, locale } = this.#options;
    const body: VisitorSessionRequest = {
      inbox,
      deviceId,
      ...(refreshToken && { refreshToken }),
      ...(identityToken && { identityToken }),
      ...(locale && { locale }),
    };
    const session = await this.#rest.call<VisitorSession>("POST", "/visitor/session", { body });
    if (ended !== this.#ended) await this.#part([session.refreshToken]);
    const isSame = session.visitorId === this.#stored.visitorId;
    if (!isSame && this.#stored.identified) {
      await this.replaced?.();
      // Told when the next one is greeted: the server closes the sockets of a session that has ended, and it may be the one in use.
      await this.#storage.write(farewellsKey, await this.#farewells(refreshToken));
    }
    this.#check(ended);
    // Good for minutes; from here on the refresh token says the same.
    this.#identityToken = undefined;
    this.#isFirst = false;
    const identified = identityToken !== undefined || (isSame && this.#stored.identified);
    await this.keep({ refreshToken: session.refreshToken, visitorId: session.visitorId, identified });
    return session;
  }
}
