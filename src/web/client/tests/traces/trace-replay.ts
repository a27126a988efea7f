import type { PushTarget } from "@gapless-chat/protocol";
import { vi } from "vitest";
import { ChatError, network } from "../../src/errors";
import { MemoryStorage } from "../../src/storage";
import { TraceChat } from "./trace-chat";
import { eventOf, type Json, Names, pageOf, type Step, type Trace } from "./trace-file";
import { TraceLink } from "./trace-link";

/** Plays a trace to a client. Time stands still but for the steps that let it pass. */
export class Replay {
  readonly names = new Names();
  readonly #trace: Trace;
  readonly #storage = new MemoryStorage();
  #chat: TraceChat;
  #link: TraceLink | undefined;
  #attempt: { opened(link: TraceLink): void; failed(error: ChatError): void } | undefined;
  #onPush: TraceLink["onPush"] = () => undefined;
  #isTokenNew = false;
  #effects: Json[] = [];
  /** Attempts to connect, and ends, that no step has asked about. */
  #ofLink: Json[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#chat = this.#client();
  }

  async begin(): Promise<void> {
    const { given } = this.#trace;
    if (!given) return;
    for (const input of [{ app: "start" }, { link: "opened" }, { answer: "Hello", pages: given }]) await this.play({ input });
    this.#ofLink = [];
  }

  /** What comes of a step: effects and the state after it. */
  async play(step: Step): Promise<{ effects: Json[]; state: Json }> {
    await this.#do(step.input);
    await this.#settle();
    if (step.until) await this.#goOn(step.until);
    for (const method of step.optional ?? []) {
      if (this.#effects.some(({ call }) => call === method)) this.#link?.answer(method, { conversations: [] });
      this.#effects = this.#effects.filter(({ call }) => call !== method);
      await this.#settle();
    }
    return { effects: this.#take(step), state: this.names.toNames(this.#chat.shown()) };
  }

  /** What became of the link after the last step that asked about it. */
  end(): Json[] {
    const left = this.#ofLink;
    this.#chat.vanish();
    return left;
  }

  #client(): TraceChat {
    const socket = (_: string, onPush: TraceLink["onPush"]) => {
      this.#effects.push({ connect: this.#isTokenNew ? "new token" : "same token" });
      this.#isTokenNew = false;
      this.#onPush = onPush;
      return new Promise<TraceLink>((opened, failed) => {
        this.#attempt = { opened, failed };
      });
    };
    return new TraceChat(this.#trace.side, this.#storage, socket, () => {
      this.#isTokenNew = true;
    });
  }

  async #do(input: Json): Promise<void> {
    if (input.app) await this.#app(input);
    else if (input.link === "opened") this.#open();
    else if (input.link === "failed") this.#attempt?.failed(new ChatError(network));
    else if (input.link === "closed") this.#link?.end(input.reason);
    else if (input.answer) this.#link?.answer(input.answer, this.names.toIds(this.#answer(input)));
    else if (input.refuse) this.#link?.refuse(input.refuse, input.code);
    else if (input.lose) this.#link?.refuse(input.lose, network);
    else if (input.push) this.#link?.onPush(input.push as PushTarget, this.names.toIds(this.#push(input)));
    else await vi.advanceTimersByTimeAsync(input.wait);
  }

  async #app(input: Json): Promise<void> {
    const chat = this.#chat;
    const { app, as, body, bodyAs, seq, ...options } = input;
    const id = this.names.id(input.conversation ?? "");
    const key = this.names.id(input.key ?? "");
    delete options.conversation;
    switch (app) {
      case "start":
        return chat.start();
      case "restart":
        chat.vanish();
        this.#chat = this.#client();
        return this.#chat.start();
      case "open": {
        const opening = chat.open(options);
        this.names.bind(as, opening);
        if (body !== undefined) this.names.bind(bodyAs, chat.speak(opening, body, {}));
        return;
      }
      case "send":
        return this.names.bind(as, chat.speak(id, body, options));
      case "edit":
        return chat.edit(id, seq, body);
      case "remove":
        return chat.remove(id, seq);
      case "close":
        return chat.end(id);
      case "read":
        return chat.read(id);
      case "type":
        return chat.typing(id);
      case "hide":
        return chat.visible(false);
      case "show":
        return chat.visible(true);
      case "older":
        void chat.loadOlder(id);
        return;
      case "retry":
        return chat.retry(id, key);
      case "discard":
        return void chat.discard(id, key);
      case "release":
        return chat.release(id, key);
      case "follow":
        return chat.follow(id);
      default:
        throw new Error(`No app does ${app}.`);
    }
  }

  #open(): void {
    const { unanswered = [] } = this.#trace;
    this.#link = new TraceLink(this.#onPush, unanswered, (effect) => this.#effects.push(effect));
    this.#attempt?.opened(this.#link);
    this.#attempt = undefined;
  }

  #answer({ answer, ...told }: Json): Json {
    const { side } = this.#trace;
    const page = (text: Json) => pageOf(text, side);
    switch (answer) {
      case "Hello":
        return {
          serverTime: new Date().toISOString(),
          you: { kind: side, id: side === "visitor" ? "$vera" : "$anna", inboxes: [] },
          limits: { bodyLength: 8000, historyPage: 200, cursors: 200, changesPerSecond: 10, typingTtlMs: 6000 },
          conversations: told.pages.map(page),
        };
      case "Sync":
        return { conversations: told.pages.map(page) };
      case "Open":
        return page(told.page);
      case "OpenConversation":
        return { status: told.status, page: page(told.page) };
      case "History": {
        const { conversation, epoch = 1, events, hasMore } = told;
        return { epoch, events: events.map((event: Json) => eventOf(event, conversation, epoch)), hasMore };
      }
      default: {
        const { status, conversation, epoch, event, missing } = told;
        const full = (text: Json) => eventOf(text, conversation, epoch);
        return { status, ...(event ? { event: full(event) } : {}), ...(missing ? { missing: missing.map(full) } : {}) };
      }
    }
  }

  #push({ push, conversation, epoch = 1, ...told }: Json): Json {
    const conversationId = conversation ? { conversationId: conversation } : {};
    if (push === "event") return eventOf(told.event, conversation, epoch);
    if (push === "skip") return { ...conversationId, epoch, seq: told.seq };
    if (push !== "ephemeral") return { ...conversationId, ...told };
    const { by, ...rest } = told;
    return { ...conversationId, ...rest, ...(by ? { actor: { kind: by, id: by === "operator" ? "$anna" : "$vera" } } : {}) };
  }

  async #goOn(method: string): Promise<void> {
    for (let i = 0; i < 1000 && !this.#effects.some(({ call }) => call === method); i++) {
      if (this.#attempt) this.#open();
      else await vi.advanceTimersByTimeAsync(100);
      await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await vi.advanceTimersByTimeAsync(0);
  }

  #take({ until, effects: expected = [] }: Step): Json[] {
    const made = this.names.toNames(this.#effects.splice(0)) as Json[];
    this.#ofLink.push(...made.filter(isOfLink));
    const calls = made.filter((effect) => !isOfLink(effect));
    const isAskedAbout = expected.some(isOfLink);
    if (!until && !isAskedAbout) return calls;
    const ofLink = this.#ofLink.splice(0);
    if (!isAskedAbout) return calls;
    return [...(until ? ofLink.filter(({ connect }) => connect).slice(-1) : ofLink), ...calls];
  }
}

function isOfLink({ connect, close }: Json): boolean {
  return connect !== undefined || close !== undefined;
}

/** As traces tell it: without what differs between clients, and in an order that does not depend on which task was first. */
export function told(effects: Json[], expected: Json[]): string[] {
  return effects
    .map((effect) =>
      canonical(
        plain(
          effect,
          expected.find((other) => other.call === effect.call),
        ),
      ),
    )
    .sort();
}

function plain(effect: Json, expected: Json): Json {
  const { protocol, deviceId, sdk, locale, kind, ...rest } = effect;
  if (Array.isArray(rest.cursors)) {
    rest.cursors = [...rest.cursors].sort((a, b) => a.conversationId.localeCompare(b.conversationId));
    if (rest.cursors.length === 0) delete rest.cursors;
  }
  // A trace says "*" where every client has its own.
  for (const [field, value] of Object.entries(expected ?? {})) if (value === "*") rest[field] = "*";
  return rest;
}

/** JSON with its fields in order. */
export function canonical(json: Json): string {
  return JSON.stringify(json, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)))
      : value,
  );
}
