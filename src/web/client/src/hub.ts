import type { ConversationPage, HelloResult, MethodName, OpenResult, SendResult, SyncResult } from "@gapless-chat/protocol";
import { Connection, type Dial } from "./connection.ts";
import { ChatError, network, toChatError } from "./errors.ts";
import type { Input } from "./inputs.ts";
import type { Request, Result } from "./link.ts";
import type { Self } from "./marks.ts";
import type { Settled } from "./outbox.ts";
import { Backoff } from "./reconnect.ts";
import { SharedCalls, Tabs } from "./tabs.ts";
import type { TokenKeeper } from "./token.ts";
import type { ConnectionState } from "./types.ts";

/** What a following tab has the leading one do: a method of the server, or one of `serve`. */
interface Call {
  method: string;
  request: unknown;
}

type Message =
  | { kind: "input"; input: Input }
  | { kind: "call"; id: string; call: Call }
  | { kind: "answer"; id: string; value?: unknown; error?: string }
  | { kind: "join" }
  | { kind: "led" }
  | { kind: "hurry" }
  | { kind: "ping" }
  | { kind: "pong" }
  | { kind: "outbox" }
  | { kind: "settled"; outcome: Settled }
  | { kind: "wiped" };

export interface HubHost {
  readonly self: Self;
  receive(input: Input): void;
  hello(): Request<"Hello">;
  /** All that is held, for a tab that comes later; nothing before the first Hello. */
  snapshot(): HelloResult | undefined;
  /** This tab has the connection from now on. */
  lead(): void;
  /** Another tab has changed the outbox, has heard what came of a change, or has wiped everything. */
  outboxChanged(): void;
  settled(outcome: Settled): void;
  wiped(): void;
  /** Does for another tab what only the leading one can. */
  serve(name: string, argument: unknown): Promise<unknown>;
}

// A leading tab that is awake answers at once, however busy it is.
const answerMs = 5000;

/** The way to the server: this tab's own connection, or that of the leading tab. */
export class Hub {
  readonly #host: HubHost;
  readonly #connection: Connection;
  #tabs: Tabs<Message> | undefined;
  readonly #shared: SharedCalls<Call>;
  #status: ConnectionState["status"] = "idle";
  #waiting: (() => void)[] = [];
  #watch: ReturnType<typeof setInterval> | undefined;
  #isAsked = false;

  constructor(tokens: TokenKeeper, dial: Dial, host: HubHost) {
    this.#host = host;
    this.#connection = new Connection(tokens, dial, {
      hello: () => host.hello(),
      onHello: (result, request) => this.#greeted(result, request),
      onPush: (target, payload) => this.emit({ kind: "push", target, payload } as Input),
      onState: (state) => this.emit({ kind: "state", state }),
    });
    this.#shared = new SharedCalls((id, call) => this.#tabs?.post({ kind: "call", id, call }));
  }

  get isLeading(): boolean {
    return this.#tabs?.isLeading ?? true;
  }

  /** With a name: together with all tabs that use the same. */
  async start(tabsName: string | undefined): Promise<void> {
    this.#leave();
    if (!tabsName) return this.#lead();
    this.#tabs = new Tabs(tabsName, {
      lead: () => this.#lead(),
      follow: () => this.#follow(),
      hear: (message, from) => this.#hear(message, from),
    });
    this.#watch = setInterval(() => this.#wake(), answerMs);
    await this.#tabs.join();
    if (!this.isLeading) this.#tabs.post({ kind: "join" });
  }

  stop(reason?: string): void {
    this.#connection.stop(reason);
    this.#shared.drop();
    this.#leave();
  }

  /** Goes on by itself; another tab leads the others. */
  part(): void {
    if (!this.#tabs) return;
    const { isLeading } = this;
    this.#leave();
    if (!isLeading) this.#lead();
  }

  hurry(): void {
    if (this.isLeading) this.#connection.hurry();
    else this.#tabs?.post({ kind: "hurry" });
  }

  renew(): void {
    this.#connection.renew();
  }

  /** Says Hello once more on the same connection: the server has said that something was missed. */
  async greet(): Promise<void> {
    if (!this.isLeading) return;
    const request = this.#host.hello();
    this.#greeted(await this.#connection.invoke("Hello", request), request);
  }

  async online(): Promise<void> {
    while (this.#status !== "online") {
      if (this.#status === "stopped") throw new ChatError(network);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** One attempt. What the answer says of conversations has reached every tab when it resolves here. */
  invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    if (!this.isLeading) return this.#shared.ask({ method, request }) as Promise<Result<M>>;
    return this.#invoke(method, request);
  }

  /** Asks until there is an answer, however long the connection is away. */
  async ask<M extends "History" | "Open" | "Watch">(method: M, request: Request<M>): Promise<Result<M>> {
    const backoff = new Backoff();
    for (;;) {
      await this.online();
      try {
        return await this.invoke(method, request);
      } catch (thrown) {
        const error = toChatError(thrown);
        if (!error.retryable) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.max(backoff.next(), error.retryAfterMs ?? 0)));
      }
    }
  }

  /** What only the leading tab can do, done there. */
  served<T>(name: string, argument?: unknown): Promise<T> {
    const done = this.isLeading ? this.#host.serve(name, argument) : this.#shared.ask({ method: `$${name}`, request: argument });
    return done as Promise<T>;
  }

  /** Takes an input here and in all other tabs. */
  emit(input: Input): void {
    this.#take(input);
    if (this.isLeading) this.#tabs?.post({ kind: "input", input });
  }

  tellOutbox(): void {
    this.#tabs?.post({ kind: "outbox" });
  }

  tellSettled(outcome: Settled): void {
    this.#tabs?.post({ kind: "settled", outcome });
  }

  tellWiped(): void {
    this.#tabs?.post({ kind: "wiped" });
  }

  #leave(): void {
    clearInterval(this.#watch);
    this.#tabs?.leave();
    this.#tabs = undefined;
  }

  #lead(): void {
    this.#shared.drop();
    this.#host.lead();
    this.#connection.start();
    this.#tabs?.post({ kind: "led" });
  }

  #greeted(result: HelloResult, { cursors = [] }: Request<"Hello">): void {
    this.emit({ kind: "hello", result, asked: cursors.map((cursor) => cursor.conversationId) });
  }

  #follow(): void {
    this.#connection.stop();
    this.#tabs?.post({ kind: "join" });
  }

  // Is the leading tab awake? Nothing comes from one that is not, also for those who only listen.
  #wake(): void {
    if (this.isLeading) this.#isAsked = false;
    else if (this.#isAsked) this.#tabs?.steal();
    else {
      this.#isAsked = true;
      this.#tabs?.post({ kind: "ping" });
    }
  }

  #take(input: Input): void {
    this.#host.receive(input);
    if (input.kind !== "state") return;
    this.#status = input.state.status;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    const result = await this.#connection.invoke(method, request);
    const { conversations, page, event } = (result ?? {}) as Partial<SyncResult & OpenResult & SendResult>;
    const pages = conversations ?? (page ? [page] : method === "Open" ? [result as ConversationPage] : []);
    if (pages.length > 0) this.emit({ kind: "pages", pages });
    // There is no echo: the answer is the only push that this connection gets of it.
    if (event) this.emit({ kind: "push", target: "event", payload: event });
    if (method === "Read" || method === "Delivered") {
      const { conversationId, seq } = request as Request<"Read">;
      const payload = { conversationId, side: this.#host.self.side, deliveredSeq: seq, readSeq: method === "Read" ? seq : 0 };
      this.emit({ kind: "push", target: "cursor", payload });
    }
    return result;
  }

  #hear(message: Message, from: string): void {
    switch (message.kind) {
      case "call":
        if (this.isLeading) void this.#answer(message.id, message.call, from);
        return;
      case "answer":
        this.#shared.answer(message.id, message.value, message.error);
        return;
      case "join":
        if (!this.isLeading) return;
        // Whoever starts tries again, also where the server has ended the leading tab's connection.
        this.#connection.start();
        this.#welcome(from);
        return;
      case "led":
        this.#isAsked = false;
        this.#tabs?.post({ kind: "join" });
        this.#shared.repeat();
        return;
      case "ping":
        if (this.isLeading) this.#tabs?.post({ kind: "pong" }, from);
        return;
      case "pong":
        this.#isAsked = false;
        return;
      case "hurry":
        if (this.isLeading) this.#connection.hurry();
        return;
      case "input":
        if (!this.isLeading) this.#take(shared(message.input));
        return;
      case "outbox":
        this.#host.outboxChanged();
        return;
      case "settled":
        this.#host.settled(message.outcome);
        return;
      case "wiped":
        this.#host.wiped();
        return;
    }
  }

  async #answer(id: string, { method, request }: Call, to: string): Promise<void> {
    try {
      const value = await (method.startsWith("$")
        ? this.#host.serve(method.slice(1), request)
        : this.#invoke(method as MethodName, request as Request<MethodName>));
      this.#tabs?.post({ kind: "answer", id, value }, to);
    } catch (error) {
      this.#tabs?.post({ kind: "answer", id, error: toChatError(error).code }, to);
    }
  }

  #welcome(to: string): void {
    const result = this.#host.snapshot();
    if (result) this.#tabs?.post({ kind: "input", input: { kind: "hello", result, asked: [], isShared: true } }, to);
    this.#tabs?.post({ kind: "input", input: { kind: "state", state: this.#connection.state } }, to);
  }
}

function shared(input: Input): Input {
  return input.kind === "state" ? { kind: "state", state: { ...input.state, transport: "shared" } } : input;
}
