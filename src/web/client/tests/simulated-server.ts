import type { ChatEvent, ConversationPage, Cursor, MethodName, Pushes, PushTarget } from "@gapless-chat/protocol";
import { ChatError, network } from "../src/errors";
import type { Link, OnPush, Request, Result } from "../src/link";

/** Where chance comes from: the same numbers for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Log {
  id: string;
  events: ChatEvent[];
  /** Messages as they were before the edit with this seq. */
  before: Map<number, ChatEvent>;
}

const visitorId = "visitor-1";

/** The contract of one visitor's conversations in memory, over links that lose, double, delay and reorder what passes, and that break. */
export class SimulatedServer {
  epoch = 1;
  /** Probability of each fault; 0: a perfect network. */
  faults = 0;
  readonly logs = new Map<string, Log>();
  readonly #random: () => number;
  #links = new Set<SimulatedLink>();

  constructor(random: () => number) {
    this.#random = random;
  }

  async connect(onPush: OnPush): Promise<Link> {
    await this.delay();
    if (this.happens()) throw new ChatError(network);
    const link = new SimulatedLink(this, onPush, (ended) => this.#links.delete(ended));
    this.#links.add(link);
    return link;
  }

  happens(): boolean {
    return this.#random() < this.faults;
  }

  delay(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 1 + this.#random() * 40));
  }

  get connections(): number {
    return this.#links.size;
  }

  cut(reason?: string): void {
    for (const link of [...this.#links]) link.end(reason);
  }

  /** As a database that lost its newest rows; only what the operator wrote, since an acknowledged word of the visitor must not be lost. */
  loseTail(): void {
    this.epoch++;
    for (const log of this.logs.values()) {
      while (log.events.at(-1)?.actor?.kind === "operator") {
        const lost = log.events.pop();
        const target = lost && log.before.get(lost.seq);
        if (target) log.events[target.seq - 1] = target;
        if (lost) log.before.delete(lost.seq);
      }
      log.events = log.events.map((event) => ({ ...event, epoch: this.epoch }));
    }
    for (const link of this.#links) link.push("resync", { reason: "epoch" });
  }

  /** Another device of the visitor has everything up to here, before this one hears of it. */
  deliversElsewhere(deliveredSeq: number): void {
    for (const conversationId of this.logs.keys()) {
      for (const link of this.#links) link.push("cursor", { conversationId, side: "visitor", deliveredSeq, readSeq: 0 });
    }
  }

  says(body: string): void {
    for (const log of this.logs.values()) this.#append(log, { type: "message", actor: operator, data: { body } });
  }

  /** A staff event, which visitors get as a skip. */
  notes(): void {
    for (const log of this.logs.values()) this.#append(log, { type: "skip" });
  }

  edits(body: string): void {
    for (const log of this.logs.values()) {
      const target = log.events.findLast((event) => event.type === "message" && event.actor?.kind === "operator");
      if (!target) continue;
      const edit = this.#append(log, { type: "edited", actor: operator, data: { targetSeq: target.seq, body } });
      log.before.set(edit.seq, target);
      log.events[target.seq - 1] = { ...target, data: { ...target.data, body, editedSeq: edit.seq } };
    }
  }

  answer(method: MethodName, request: unknown, from: SimulatedLink): unknown {
    switch (method) {
      case "Hello":
        return this.#hello(request as Request<"Hello">);
      case "Sync":
        return { conversations: this.#pages((request as Request<"Sync">).cursors) };
      case "OpenConversation":
        return this.#open(request as Request<"OpenConversation">, from);
      case "Send":
        return this.#send(request as Request<"Send">, from);
      case "History": {
        const { conversationId, before = Number.MAX_SAFE_INTEGER, limit = 50 } = request as Request<"History">;
        const events = this.logs.get(conversationId)?.events.filter((event) => event.seq < before) ?? [];
        return { epoch: this.epoch, events: events.slice(-limit), hasMore: events.length > limit };
      }
      default:
        return undefined;
    }
  }

  #hello({ cursors = [] }: Request<"Hello">): Result<"Hello"> {
    const asked = new Set(cursors.map((cursor) => cursor.conversationId));
    const others = [...this.logs.keys()].filter((id) => !asked.has(id)).map((id) => ({ conversationId: id, epoch: 0, seq: 0 }));
    return {
      serverTime: new Date().toISOString(),
      you: { kind: "visitor", id: visitorId, inboxes: ["inbox-1"] },
      limits: { bodyLength: 8000, historyPage: 200, cursors: 200, changesPerSecond: 10, typingTtlMs: 6000 },
      conversations: this.#pages([...cursors, ...others]),
    };
  }

  // There is room for the events of one page; others say that there is more.
  #pages(cursors: readonly Cursor[]): ConversationPage[] {
    let isFull = false;
    return cursors.flatMap((cursor) => {
      const log = this.logs.get(cursor.conversationId);
      if (!log) return [];
      const page = this.#page(log, cursor);
      const comesEmpty = isFull && cursor.seq > 0 && !page.reset && page.events.length > 0;
      isFull ||= page.events.length > 0;
      return [comesEmpty ? { ...page, events: [], hasMore: true } : page];
    });
  }

  // Small pages, so that one is often not enough.
  #page({ id, events }: Log, { epoch, seq }: Cursor): ConversationPage {
    const isNew = epoch === 0 && seq === 0;
    const reset = !isNew && (epoch !== this.epoch || seq > events.length);
    const rest = isNew || reset ? events : events.slice(seq);
    const page = isNew || reset ? rest.slice(-5) : rest.slice(0, 5);
    const now = new Date().toISOString();
    return {
      conversation: {
        id,
        inboxId: "inbox-1",
        visitor: { id: visitorId, identified: false },
        status: "queued",
        openedAt: now,
        lastAt: now,
      },
      epoch: this.epoch,
      events: page,
      seq: events.length,
      hasMore: rest.length > page.length,
      reset,
      cursors: [],
    };
  }

  #open({ clientId }: Request<"OpenConversation">, from: SimulatedLink): Result<"OpenConversation"> {
    const known = [...this.logs.values()].find((log) => log.events[0]?.clientId === clientId);
    const log = known ?? { id: `conversation-${this.logs.size + 1}`, events: [], before: new Map() };
    this.logs.set(log.id, log);
    if (!known) this.#append(log, { type: "status", actor: visitor, clientId, data: { status: "queued" } }, from);
    return { status: known ? "duplicate" : "ok", page: this.#page(log, { conversationId: log.id, epoch: 0, seq: 0 }) };
  }

  #send({ conversationId, clientId, body }: Request<"Send">, from: SimulatedLink): Result<"Send"> {
    const log = this.logs.get(conversationId);
    if (!log) throw new ChatError("not_found");
    const stored = log.events.find((event) => event.clientId === clientId);
    if (stored) return { status: "duplicate", event: stored };
    return { status: "ok", event: this.#append(log, { type: "message", actor: visitor, clientId, data: { body } }, from) };
  }

  #append(log: Log, event: Pick<ChatEvent, "type"> & Partial<ChatEvent>, author?: SimulatedLink): ChatEvent {
    const base = { conversationId: log.id, epoch: this.epoch, seq: log.events.length + 1 };
    const stored: ChatEvent =
      event.type === "skip" ? { ...base, type: "skip" } : { ...base, at: new Date().toISOString(), ...event };
    log.events.push(stored);
    for (const link of this.#links) {
      if (link === author) continue;
      if (stored.type === "skip") link.push("skip", base);
      else link.push("event", stored);
    }
    return stored;
  }
}

const visitor = { kind: "visitor", id: visitorId } as const;
const operator = { kind: "operator", id: "operator-1", name: "Anna" } as const;

export class SimulatedLink implements Link {
  readonly transport = "socket";
  readonly ended: Promise<string | undefined>;
  readonly #server: SimulatedServer;
  readonly #onPush: OnPush;
  readonly #gone: (link: SimulatedLink) => void;
  #resolve: (reason: string | undefined) => void = () => undefined;
  #isOpen = true;

  constructor(server: SimulatedServer, onPush: OnPush, gone: (link: SimulatedLink) => void) {
    this.#server = server;
    this.#onPush = onPush;
    this.#gone = gone;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  async invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    await this.#server.delay();
    if (!this.#isOpen) throw new ChatError(network);
    if (this.#server.happens()) return this.#silence();
    if (this.#server.happens()) throw new ChatError("unavailable");
    const copy = structuredClone(request);
    const result = structuredClone(this.#server.answer(method, copy, this)) as Result<M>;
    if (this.#server.happens()) return this.#silence();
    await this.#server.delay();
    if (!this.#isOpen) throw new ChatError(network);
    return result;
  }

  push<T extends PushTarget>(target: T, payload: Pushes[T]): void {
    const copies = this.#server.happens() ? 0 : this.#server.happens() ? 2 : 1;
    for (let i = 0; i < copies; i++)
      void this.#server.delay().then(() => this.#isOpen && this.#onPush(target, structuredClone(payload)));
  }

  end(reason?: string): void {
    this.#isOpen = false;
    this.#gone(this);
    this.#resolve(reason);
  }

  close(): void {
    this.end();
  }

  // An answer that never comes.
  #silence<T>(): Promise<T> {
    return new Promise<T>(() => undefined);
  }
}
