import {
  type ConversationList,
  type ConversationPage,
  type Cursor,
  limits,
  type Me,
  type MethodName,
  type SyncResult,
} from "@chat/protocol";
import { network, toChatError } from "./errors.ts";
import type { Link, OnPush, Request, Result } from "./link.ts";
import { PollFollower } from "./poll-follower.ts";
import { type Route, routes } from "./poll-routes.ts";
import { queryOf } from "./query.ts";
import type { Rest } from "./rest.ts";
import type { ServerClock } from "./server-clock.ts";
import type { TokenKeeper } from "./token.ts";

const refreshMs = 15_000;
// The server allows a user eight waits at once; the others are his other tabs and devices.
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
    const asked = [...cursors];
    if (you.kind === "visitor") {
      const { rows } = await this.#call<ConversationList>({ verb: "GET", path: "/conversations?limit=50" });
      const known = new Set(asked.map((cursor) => cursor.conversationId));
      for (const { row } of rows) {
        if (!known.has(row.conversationId)) asked.push({ conversationId: row.conversationId, epoch: 0, seq: 0 });
      }
    }
    const { conversations } = await this.#sync(asked.slice(0, limits.Cursors));
    this.#follow(conversations);
    return { serverTime: new Date(this.#services.clock.now()).toISOString(), you, limits: clientLimits, conversations };
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

  #sync(cursors: Cursor[]): Promise<SyncResult> {
    if (cursors.length === 0) return Promise.resolve({ conversations: [] });
    return this.#call({ verb: "POST", path: "/sync", body: { cursors } });
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
      const { conversations } = await this.#sync([...this.#followers.values()].map((follower) => follower.cursor));
      for (const page of conversations) {
        const conversationId = page.conversation.id;
        if (page.reset || page.hasMore) this.#onPush("resync", { conversationId, reason: "overflow" });
        else this.#followers.get(conversationId)?.take(page.events);
        for (const cursor of page.cursors) this.#onPush("cursor", { conversationId, ...cursor });
      }
    } catch (error) {
      if (toChatError(error).code === network) this.close();
    }
  }

  async #wait<T>(path: string): Promise<T> {
    try {
      return await this.#call<T>({ verb: "GET", path: `${path}&waitMs=${limits.WaitMs}` }, limits.WaitMs);
    } catch (error) {
      if (toChatError(error).code === network) this.close();
      throw error;
    }
  }

  async #call<T>(route: Route, waitMs = 0): Promise<T> {
    const { rest, tokens } = this.#services;
    const options = { token: await tokens.get(), waitMs, signal: this.#stop.signal };
    return rest.call<T>(route.verb, route.path, route.body === undefined ? options : { ...options, body: route.body });
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
