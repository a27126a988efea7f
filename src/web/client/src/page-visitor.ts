import type { WidgetSettings } from "@gapless-chat/protocol";
import { BaseChat } from "./base-chat.ts";
import { BrowserStorage, storageOf } from "./browser-storage.ts";
import type { OnPush } from "./link.ts";
import { newId } from "./new-id.ts";
import { downloadMs, Rest } from "./rest.ts";
import { ServerClock } from "./server-clock.ts";
import { openSocket } from "./socket.ts";
import type { ClientStorage } from "./storage.ts";
import { Cell, type Store } from "./store.ts";
import { canShareTabs } from "./tabs.ts";
import { TokenKeeper } from "./token.ts";
import type { ChangeResult, OpenOptions, VisitorSessionState } from "./types.ts";
import type { PageChat, VisitorOptions } from "./visitor-api.ts";
import { VisitorSessions } from "./visitor-session.ts";

export interface VisitorParts {
  options: VisitorOptions;
  clock: ServerClock;
  rest: Rest;
  storage: ClientStorage;
  sessions: VisitorSessions;
  tokens: TokenKeeper;
}

export function visitorParts(options: VisitorOptions): VisitorParts {
  const clock = new ServerClock();
  const rest = new Rest(options.url, clock);
  const storage = storageOf(options.storage, nameOf(options));
  const sessions = new VisitorSessions(rest, storage, options);
  return { options, clock, rest, storage, sessions, tokens: new TokenKeeper(() => sessions.open(), clock) };
}

/** The visitor of a page, who is there as long as it is. */
export class PageVisitor extends BaseChat implements PageChat {
  readonly session: Store<VisitorSessionState>;
  readonly #session = new Cell<VisitorSessionState>({ identified: false });
  readonly #parts: VisitorParts;

  constructor(parts: VisitorParts) {
    const { rest, tokens, clock, options } = parts;
    const hub = `${options.url.replace(/\/$/, "")}/hubs/visitor`;
    const dial = {
      socket: (token: string, onPush: OnPush) => openSocket(hub, token, onPush),
      poll: async (onPush: OnPush) => new (await import("./poll.ts")).PollLink({ rest, tokens, clock }, onPush),
    };
    super({ ...parts, side: "visitor", locale: options.locale, dial });
    this.#parts = parts;
    this.session = this.#session;
    parts.sessions.replaced = () => this.core.disown();
  }

  get aliases(): ReadonlyMap<string, string> {
    return this.core.conversations.aliases;
  }

  async start(): Promise<void> {
    this.listen();
    await this.core.start(this.#tabsName());
  }

  async stop(): Promise<void> {
    this.unlisten();
    this.core.stop();
    if (this.#parts.storage instanceof BrowserStorage) this.#parts.storage.close();
  }

  identify(token: string): Promise<void> {
    return this.core.hub.served("identify", token);
  }

  async logout(): Promise<void> {
    this.core.hub.tellWiped();
    this.#end();
    await this.#parts.sessions.logout();
  }

  open({ body, ...request }: OpenOptions = {}): string {
    const clientId = newId();
    const at = this.#parts.clock.now();
    this.core.outbox.add({ clientId, conversationId: clientId, method: "OpenConversation", request, at, state: "queued" });
    if (body !== undefined) this.send(clientId, body);
    return clientId;
  }

  rate(conversation: string, score: number, comment?: string): Promise<ChangeResult> {
    return this.ask(conversation, "Rate", { score, ...(comment && { comment }) });
  }

  close(conversation: string): Promise<ChangeResult> {
    return this.ask(conversation, "Close", {});
  }

  async transcript(conversation: string, locale: string): Promise<Blob> {
    const path = `/conversations/${this.core.conversations.resolve(conversation)}/transcript?locale=${encodeURIComponent(locale)}`;
    const token = await this.core.hub.served<string>("token");
    return this.#parts.rest.fetch("GET", path, { token, waitMs: downloadMs }, (answer) => answer.blob());
  }

  widget(): Promise<WidgetSettings> {
    return this.#parts.rest.call("GET", `/widget/${encodeURIComponent(this.#parts.options.inbox)}`);
  }

  // Of the core.

  wants(): boolean {
    return true;
  }

  deviceId(): string {
    return this.#parts.sessions.stored.deviceId;
  }

  async greeted(): Promise<void> {
    await this.#parts.sessions.load();
    this.#tellSession();
    if (this.core.hub.isLeading) await this.#parts.sessions.part();
  }

  async serve(name: string, argument: unknown): Promise<unknown> {
    const { sessions, tokens } = this.#parts;
    if (name === "token") return tokens.get();
    tokens.take(await sessions.identify(String(argument)));
    this.core.hub.renew();
    return undefined;
  }

  wiped(): void {
    this.#end();
    this.#parts.sessions.forget();
  }

  #end(): void {
    this.unlisten();
    this.core.end("logout");
    this.#parts.tokens.expire();
    this.#session.set({ identified: false });
  }

  #tellSession(): void {
    const { visitorId, identified = false } = this.#parts.sessions.stored;
    this.#session.set({ identified, ...(visitorId && { visitorId }) });
  }

  async #tabsName(): Promise<string | undefined> {
    await this.#parts.sessions.load();
    this.#tellSession();
    return (await this.#sharesTabs()) ? nameOf(this.#parts.options) : undefined;
  }

  // Without a common store tabs are strangers to each other.
  async #sharesTabs(): Promise<boolean> {
    const { options, storage } = this.#parts;
    return options.shareTabs !== false && storage instanceof BrowserStorage && canShareTabs() && (await storage.opens());
  }
}

function nameOf({ url, inbox }: VisitorOptions): string {
  return `chat ${url} ${inbox}`;
}
