import {
  type ConversationList,
  type ConversationPage,
  type Cursor,
  limits,
  type Me,
  type MethodName,
  type SyncResult,
} from "@gapless-chat/protocol";
import { network, toChatError } from "./errors.ts";
import type { Link, OnPush, Request, Result } from "./link.ts";
import { PollFollower } from "./poll-follower.ts";
import { type Route, routes } from "./poll-routes.ts";
import { queryOf } from "./query.ts";
import type { Rest } from "./rest.ts";
import type { ServerClock } from "./server-clock.ts";
import type { TokenKeeper } from "./token.ts";

const refreshMs = 15_000;
// The server allows a user eight waits at once; the others are their other tabs and devices.
const maxFollowed = 6;

export interface PollServices {
  rest: Rest;
  tokens: TokenKeeper;
  clock: ServerClock;
}

/** The contract over REST, where no socket can be opened: events by long-poll, cursors every 15 s, lists when they are asked for, no presence. */
export class PollLink implements Link {
  readonly transport = "poll";
  readonly ended: Promise<string | undefined>;
  readonly #services: PollServices;
  readonly #onPush: OnPush;
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #followers = new Map<string, PollFollower>();
  #isVisitor = false;

  constructor(services: PollServices, onPush: OnPush) {
    this.#services = services;
    this.#onPush = onPush;
    this.#timer = setInterval(() => void this.#refresh(), refreshMs);
    this.ended = new Promise((resolve) => this.#stop.signal.addEventListener("abort", () => resolve(undefined)));
  }

  async invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    switch (method as MethodName) {
      case "Hello":
        return (await this.#hello(request as Request<"Hello">)) as Result<M>;
      case "Watch":
        return (await this.#watch((request as Request<"Watch">).inboxes)) as Result<M>;
      case "Leave":
        this.#leave((request as Request<"Leave">).conversationId);
        return undefined as Result<M>;
      default:
        return this.#pass(method, request);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  async #pass<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    const route = routes[method]?.(request);
    if (!route) return undefined as Result<M>;
    try {
      const result = await this.#call<Result<M>>(route);
      this.#follow(pagesOf(result));
      return result;
    } catch (thrown) {
      const error = toChatError(thrown);
      if (error.code === "stale_view") return { status: "stale_view", missing: error.missing ?? [] } as Result<M>;
      throw error;
    }
  }

  async #hello({ cursors = [] }: Request<"Hello">): Promise<Result<"Hello">> {
    const you = await this.#call<Me>({ verb: "GET", path: "/me" });
    this.#isVisitor = you.kind === "visitor";
    const asked = [...cursors, ...(await this.#others(cursors))];
    const { conversations } = await this.#sync(asked);
    this.#follow(conversations);
    return { serverTime: new Date(this.#services.clock.now()).toISOString(), you, limits: clientLimits, conversations };
  }

  /** A visitor's conversations that are not among these: other devices have opened them. */
  async #others(known: readonly Cursor[]): Promise<Cursor[]> {
    if (!this.#isVisitor) return [];
    const { rows } = await this.#call<ConversationList>({ verb: "GET", path: "/conversations?limit=50" });
    const ids = rows.map(({ row }) => row.conversationId).filter((id) => !known.some((cursor) => cursor.conversationId === id));
    return ids.map((conversationId) => ({ conversationId, epoch: 0, seq: 0 }));
  }

  async #watch(inboxes: readonly string[]): Promise<Result<"Watch">> {
    if (inboxes.length === 0) return { rows: [], hasMore: false };
    const filter: [string, string][] = [
      ...inboxes.map((id): [string, string] => ["inbox", id]),
      ["status", "queued"],
      ["status", "open"],
      ["status", "snoozed"],
      ["limit", "100"],
    ];
    const list = await this.#call<ConversationList>({ verb: "GET", path: `/conversations${queryOf(filter)}` });
    return { rows: list.rows.map(({ inboxId, row }) => ({ ...row, inboxId })), hasMore: list.next !== undefined };
  }

  async #sync(cursors: Cursor[]): Promise<SyncResult> {
    const conversations: ConversationPage[] = [];
    for (let at = 0; at < cursors.length; at += limits.Cursors) {
      const body = { cursors: cursors.slice(at, at + limits.Cursors) };
      conversations.push(...(await this.#call<SyncResult>({ verb: "POST", path: "/sync", body })).conversations);
    }
    return { conversations };
  }

  #follow(pages: readonly ConversationPage[]): void {
    for (const page of pages) {
      const cursor = { conversationId: page.conversation.id, epoch: page.epoch, seq: page.events.at(-1)?.seq ?? page.seq };
      const follower = this.#followers.get(cursor.conversationId);
      if (follower) follower.move(cursor);
      else
        this.#followers.set(
          cursor.conversationId,
          new PollFollower(cursor, (path) => this.#wait(path), this.#onPush, this.#stop.signal),
        );
    }
    const newest = [...this.#followers.values()].slice(-maxFollowed);
    for (const follower of this.#followers.values()) follower.wait(newest.includes(follower));
  }

  #leave(id: string): void {
    this.#followers.get(id)?.wait(false);
    this.#followers.delete(id);
  }

  async #refresh(): Promise<void> {
    try {
      const followed = [...this.#followers.values()].map((follower) => follower.cursor);
      const others = await this.#others(followed);
      const { conversations } = await this.#sync([...followed, ...others]);
      for (const page of conversations) {
        const conversationId = page.conversation.id;
        const last = page.events.at(-1);
        // Of one that nobody here has heard of an event is told, as over a socket.
        if (!this.#followers.has(conversationId)) {
          if (last) this.#onPush("event", last);
        } else if (page.reset || page.hasMore) this.#onPush("resync", { conversationId, reason: "overflow" });
        else this.#followers.get(conversationId)?.take(page.events);
        for (const cursor of page.cursors) this.#onPush("cursor", { conversationId, ...cursor });
      }
    } catch (thrown) {
      const error = toChatError(thrown);
      // What is refused here is refused for good; whoever begins anew hears why.
      if (error.code === network || !error.retryable) this.close();
    }
  }

  async #wait<T>(path: string): Promise<T> {
    try {
      return await this.#call<T>({ verb: "GET", path: `${path}&waitMs=${limits.WaitMs}` }, limits.WaitMs);
    } catch (thrown) {
      const error = toChatError(thrown);
      if (error.code === network || error.code === "unauthenticated") this.close();
      throw error;
    }
  }

  #call<T>({ verb, path, body }: Route, waitMs = 0): Promise<T> {
    const options = { ...(body === undefined ? {} : { body }), waitMs, signal: this.#stop.signal };
    return this.#services.tokens.use((token) => this.#services.rest.call<T>(verb, path, { ...options, token }));
  }
}

const clientLimits = {
  bodyLength: limits.BodyLength,
  historyPage: limits.HistoryPage,
  cursors: limits.Cursors,
  changesPerSecond: limits.ChangesPerSecond,
  typingTtlMs: limits.TypingTtlMs,
};

function pagesOf(result: unknown): readonly ConversationPage[] {
  const { conversations, page, conversation } = (result ?? {}) as Partial<
    SyncResult & { page: ConversationPage } & ConversationPage
  >;
  return conversations ?? (page ? [page] : conversation ? [result as ConversationPage] : []);
}
