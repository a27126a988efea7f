import type { ChatEvent, ConversationList, ConversationPage, HistoryResult, SyncResult } from "@gapless-chat/protocol";
import { limits } from "@gapless-chat/protocol";
import { toChatError } from "./errors.ts";
import { conversationLink, type PushMessage, type PushReceipt } from "./push.ts";
import type { Rest, Verb } from "./rest.ts";
import type { TokenKeeper } from "./token.ts";
import type { ConversationMap } from "./types.ts";
import type { PushAddress, VisitorSessions } from "./visitor-session.ts";

// Systems end what an app does in the background after half a minute.
const patienceMs = 15_000;

export interface DeviceServices {
  rest: Rest;
  sessions: VisitorSessions;
  tokens: TokenKeeper;
}

/** This device as one that is woken: where, and what for. */
export class VisitorDevice {
  readonly #services: DeviceServices;
  /** What the server is told or has been told since the start: it may have lost what it was told before. */
  #told: { what: string; done: Promise<void> } | undefined;

  constructor(services: DeviceServices) {
    this.#services = services;
  }

  get address(): PushAddress | undefined {
    return this.#services.sessions.stored.push;
  }

  restart(): void {
    this.#told = undefined;
  }

  /** Keeps where the device is woken, or that it no longer is, until the server has been told. */
  async set(address: PushAddress, isOnline: boolean): Promise<void> {
    const { sessions } = this.#services;
    await sessions.load();
    if (this.address?.platform !== address.platform || this.address?.token !== address.token)
      await sessions.keep({ push: address });
    if (isOnline) await this.tell();
  }

  /** Tells the server, once after each start. A refused address is forgotten: it would be refused again. */
  tell(): Promise<void> {
    const { push: address, visitorId } = this.#services.sessions.stored;
    if (!address) return Promise.resolve();
    const what = `${visitorId} ${address.platform} ${address.token}`;
    if (this.#told?.what !== what) this.#told = { what, done: this.#tell(address) };
    return this.#told.done;
  }

  async #tell(address: PushAddress): Promise<void> {
    const { deviceId } = this.#services.sessions.stored;
    const { platform, token } = address;
    try {
      await this.#call(token ? "PUT" : "DELETE", `/me/devices/${deviceId}`, token && { platform, token });
    } catch (thrown) {
      this.restart();
      const error = toChatError(thrown);
      if (error.retryable || error.code === "unauthenticated") return;
      await this.#forget(address);
      throw error;
    }
    if (token === undefined) await this.#forget(address);
  }

  /** What a push is about, and that this device has it. `held`: what is known without asking. */
  async receive(push: PushMessage, links: string | undefined, held: ConversationMap): Promise<PushReceipt | undefined> {
    const { sessions } = this.#services;
    await sessions.load();
    if (!this.#isOwn(push)) return undefined;
    const { conversationId } = push;
    const link = conversationLink(conversationId, links);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patienceMs);
    try {
      const pages = await this.#pages(conversationId, stop.signal);
      // The session may have ended, and another one begun.
      if (!this.#isOwn(push)) return undefined;
      const news = pages.map((page) => ({ id: page.conversation.id, messages: newsOf(page) }));
      const newest = news.find(({ id }) => id === conversationId)?.messages.at(-1);
      const seq = Math.max(newest?.seq ?? 0, push.seq);
      const told = this.#call("POST", `/conversations/${conversationId}/delivered`, { conversationId, seq }, stop.signal);
      // What the server has said counts, whether or not it hears that the device has it.
      await told.catch((thrown) => {
        if (!toChatError(thrown).retryable) throw thrown;
      });
      const badge = news.reduce((sum, { messages }) => sum + messages.length, 0);
      return { ...shown(conversationId, newest), seq, badge, link, isFetched: true };
    } catch (thrown) {
      if (!toChatError(thrown).retryable) return undefined;
      // What is not shown now is not shown at all: the system wakes an app once.
      const others = [...held.values()].reduce((sum, { id, unread }) => sum + (id === conversationId ? 0 : unread), 0);
      const { from, text, seq } = push;
      const title = from === undefined ? {} : { title: from };
      return { conversationId, seq, isNew: true, body: text, badge: others + push.unread, link, isFetched: false, ...title };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Another address may have been given while this one was told, and is told by itself. */
  async #forget(told: PushAddress): Promise<void> {
    const { address } = this;
    if (address && address.platform === told.platform && address.token === told.token)
      await this.#services.sessions.keep({ push: undefined });
  }

  /** A device that is nobody's, or somebody else's by now, shows nothing. */
  #isOwn({ visitorId }: PushMessage): boolean {
    const own = this.#services.sessions.stored.visitorId;
    return own !== undefined && (visitorId === undefined || visitorId === own);
  }

  /** The newest of all conversations, since the badge counts them all. */
  async #pages(conversationId: string, signal: AbortSignal): Promise<ConversationPage[]> {
    const { rows } = await this.#call<ConversationList>("GET", "/conversations?limit=50", undefined, signal);
    const ids = new Set([conversationId, ...rows.map(({ row }) => row.conversationId)]);
    const cursors = [...ids].slice(0, limits.Cursors).map((id) => ({ conversationId: id, epoch: 0, seq: 0 }));
    const { conversations } = await this.#call<SyncResult>("POST", "/sync", { cursors }, signal);
    return Promise.all(conversations.map((page) => this.#whole(page, signal)));
  }

  /** With all that is not read: a page holds the newest only. */
  async #whole(page: ConversationPage, signal: AbortSignal): Promise<ConversationPage> {
    const [first] = page.events;
    if (!first || first.seq <= readOf(page) + 1) return page;
    const path = `/conversations/${page.conversation.id}/events?before=${first.seq}&limit=${limits.HistoryPage}`;
    const { epoch, events } = await this.#call<HistoryResult>("GET", path, undefined, signal);
    if (epoch !== page.epoch || events.length === 0) return page;
    return this.#whole({ ...page, events: [...events, ...page.events] }, signal);
  }

  #call<T>(verb: Verb, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const { rest, tokens } = this.#services;
    const options = { ...(body ? { body } : {}), ...(signal ? { signal } : {}) };
    return tokens.use((token) => rest.call<T>(verb, path, { ...options, token }));
  }
}

function readOf({ cursors }: ConversationPage): number {
  return Math.max(0, ...cursors.filter(({ side }) => side === "visitor").map(({ readSeq }) => readSeq));
}

/** The operators' messages that the visitor has not read. */
function newsOf(page: ConversationPage): ChatEvent[] {
  const read = readOf(page);
  return page.events.filter(
    ({ type, seq, actor, data }) =>
      type === "message" && seq > read && actor?.kind === "operator" && data?.deletedSeq === undefined,
  );
}

function shown(
  conversationId: string,
  newest: ChatEvent | undefined,
): Pick<PushReceipt, "conversationId" | "isNew" | "title" | "body"> {
  const name = newest?.actor?.name;
  return {
    conversationId,
    isNew: newest !== undefined,
    body: newest?.data?.body ?? "",
    ...(name === undefined ? {} : { title: name }),
  };
}
