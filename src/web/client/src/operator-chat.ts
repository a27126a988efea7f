import type {
  Availability,
  ConversationPage,
  Me,
  OperatorSession,
  OperatorStateList,
  OwnAvailability,
} from "@gapless-chat/protocol";
import { BaseChat } from "./base-chat.ts";
import { BrowserStorage, storageOf } from "./browser-storage.ts";
import { ChatError, network } from "./errors.ts";
import { InboxRows, Operators } from "./inbox-rows.ts";
import type { Input } from "./inputs.ts";
import type { OnPush } from "./link.ts";
import { newId } from "./new-id.ts";
import type { AssignTo, OperatorChat, OperatorOptions, SignIn } from "./operator-api.ts";
import { OperatorSessions } from "./operator-session.ts";
import type { OutboxRequest } from "./outbox-item.ts";
import { queryOf } from "./query.ts";
import { Viewing } from "./receipts.ts";
import { downloadMs, Rest, type Verb } from "./rest.ts";
import { ServerClock } from "./server-clock.ts";
import { openSocket } from "./socket.ts";
import type { ClientStorage } from "./storage.ts";
import { Cell } from "./store.ts";
import { TokenKeeper } from "./token.ts";
import type { ChangeResult, SendOptions } from "./types.ts";

const listEveryMs = 15_000;

/** The operator's side of a chat. Nothing touches network or storage before `signIn` or `resume`. */
export function createOperatorChat(options: OperatorOptions): OperatorChat {
  const clock = new ServerClock();
  const rest = new Rest(options.url, clock);
  const storage = storageOf(options.storage, `chat ${options.url} operator`);
  const sessions = new OperatorSessions(rest, storage, options.credentials);
  return new Operator({ options, clock, rest, storage, sessions, tokens: new TokenKeeper(() => sessions.renew(), clock) });
}

interface Parts {
  options: OperatorOptions;
  clock: ServerClock;
  rest: Rest;
  storage: ClientStorage;
  sessions: OperatorSessions;
  tokens: TokenKeeper;
}

class Operator extends BaseChat implements OperatorChat {
  readonly me = new Cell<Me | undefined>(undefined);
  readonly rows;
  readonly listed = new Cell<readonly string[]>([]);
  readonly operators;
  readonly #parts: Parts;
  readonly #lists = new InboxRows();
  readonly #colleagues = new Operators();
  readonly #deviceId = newId();
  /** Whose everything is that is held here. */
  #account: string | undefined;
  /** Counts stops: a start that was overtaken ends. */
  #stops = 0;
  #opened = new Set<string>();
  #watched: readonly string[] = [];
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #viewing = new Viewing((conversationId) => this.core.hub.invoke("Viewing", { conversationId }));

  constructor(parts: Parts) {
    const { rest, tokens, clock, options } = parts;
    const hub = `${options.url.replace(/\/$/, "")}/hubs/operator`;
    const dial = {
      socket: (token: string, onPush: OnPush) => openSocket(hub, token, onPush),
      poll: async (onPush: OnPush) => new (await import("./poll.ts")).PollLink({ rest, tokens, clock }, onPush),
    };
    super({ ...parts, side: "operator", locale: options.locale, dial });
    this.#parts = parts;
    this.rows = this.#lists.rows;
    this.operators = this.#colleagues.states;
    this.conversations.subscribe((conversations) => this.#lists.follow(conversations));
  }

  async signIn(credentials: SignIn): Promise<OperatorSession> {
    const stops = this.#stops;
    const session = await this.#parts.sessions.open(credentials);
    if (session.mustChangePassword) return session;
    await this.#start(stops, session.operator.id, session);
    return session;
  }

  async resume(): Promise<boolean> {
    const { sessions, tokens } = this.#parts;
    const stops = this.#stops;
    if (!(await sessions.resume(tokens))) return false;
    await this.#start(stops, sessions.account);
    return true;
  }

  async signOut(): Promise<void> {
    this.#stops++;
    // First: whoever signs out may close the page at once.
    const done = await Promise.allSettled([this.#parts.sessions.logout(), this.#forget()]);
    this.#parts.tokens.expire();
    for (const one of done) if (one.status === "rejected") throw one.reason;
  }

  async #forget(): Promise<void> {
    this.#halt();
    this.core.end("signed_out");
    this.#lists.clear();
    this.#opened.clear();
    this.#watched = [];
    this.listed.set([]);
    this.me.set(undefined);
    this.#account = undefined;
    await this.#parts.storage.clear();
  }

  async stop(): Promise<void> {
    this.#stops++;
    this.#halt();
  }

  #halt(): void {
    this.unlisten();
    this.viewing(undefined);
    clearTimeout(this.#again);
    this.core.stop();
    this.#parts.sessions.holder = undefined;
    if (this.#parts.storage instanceof BrowserStorage) this.#parts.storage.close();
  }

  watch(inboxes: readonly string[]): void {
    this.#watched = inboxes;
    this.#lists.keepOnly(inboxes);
    this.listed.update((listed) => listed.filter((id) => inboxes.includes(id)));
    if (this.connection.value.status === "online") this.#watch();
  }

  open(conversation: string): void {
    if (this.#opened.has(conversation)) return;
    this.#opened.add(conversation);
    const { cursor } = this.core.conversations.ensure(conversation);
    void this.core.hub.ask("Open", cursor).catch(() => this.#drop(conversation));
  }

  leave(conversation: string): void {
    this.#drop(conversation);
    // Without a connection there is nothing to end: the next Hello does not ask for it.
    void this.core.hub.invoke("Leave", { conversationId: conversation }).catch(() => undefined);
  }

  note(conversation: string, body: string, { replyTo }: SendOptions = {}): string {
    return this.text("Note", conversation, body, replyTo === undefined ? {} : { replyTo });
  }

  release(conversation: string, key: string): void {
    const item = this.item(conversation, key);
    if (item?.state !== "held") return;
    // More may have come, and been shown, since the answer said what was missing.
    const shown = this.core.conversations.get(conversation)?.log.seq ?? 0;
    const expectedSeq = Math.max(shown, item.missing?.at(-1)?.seq ?? 0, item.request.expectedSeq ?? 0);
    void this.core.outbox.again(item, { ...item.request, expectedSeq });
  }

  claim(conversation: string): Promise<ChangeResult> {
    return this.ask(conversation, "Claim", {});
  }

  assign(conversation: string, to: AssignTo, expectedSeq?: number): Promise<ChangeResult> {
    return this.ask(conversation, "Assign", withSeq({ ...to }, expectedSeq));
  }

  transfer(conversation: string, to: AssignTo, text?: string, expectedSeq?: number): Promise<ChangeResult> {
    return this.ask(conversation, "Transfer", withSeq({ ...to, ...(text ? { text } : {}) }, expectedSeq));
  }

  setStatus(
    ...[conversation, status, { snoozeUntil, expectedSeq } = {}]: Parameters<OperatorChat["setStatus"]>
  ): Promise<ChangeResult> {
    const request = { status, ...(snoozeUntil ? { snoozeUntil: snoozeUntil.toISOString() } : {}) };
    return this.ask(conversation, "SetStatus", withSeq(request, expectedSeq));
  }

  tag(conversation: string, change: { add?: string[]; remove?: string[] }): Promise<ChangeResult> {
    return this.ask(conversation, "Tag", { ...change });
  }

  viewing(conversation: string | undefined): void {
    this.#viewing.show(conversation);
  }

  async peek(conversation: string): Promise<ConversationPage> {
    return this.rest("GET", `/conversations/${conversation}`);
  }

  async setAvailability(availability: Availability, capacity?: number): Promise<void> {
    await this.rest("PUT", "/me/availability", { availability, ...(capacity === undefined ? {} : { capacity }) });
  }

  availability(): Promise<OwnAvailability> {
    return this.rest("GET", "/me/availability");
  }

  async transcript(...[conversation, options]: Parameters<OperatorChat["transcript"]>): Promise<Blob> {
    const path = `/conversations/${conversation}/transcript${queryOf(Object.entries(options))}`;
    const { rest, tokens } = this.#parts;
    return rest.fetch("GET", path, { token: await tokens.get(), waitMs: downloadMs }, (answer) => answer.blob());
  }

  async rest<T>(method: Verb, path: string, body?: unknown): Promise<T> {
    const token = await this.#parts.tokens.get();
    return this.#parts.rest.call<T>(method, path, body === undefined ? { token } : { token, body });
  }

  // Of the core.

  wants(id: string): boolean {
    return this.#opened.has(id);
  }

  deviceId(): string {
    return this.#deviceId;
  }

  greeted(): void {
    const me = this.core.me;
    this.me.set(me);
    if (!me) return;
    this.#lists.me = me;
    this.#watch();
    void this.rest<OperatorStateList>("GET", "/operators").then(
      ({ operators }) => this.#colleagues.take(operators),
      () => undefined,
    );
  }

  override received(input: Input): void {
    this.#lists.receive(input);
    this.#colleagues.receive(input);
    if (input.kind === "hello") for (const id of this.#opened) if (!this.core.conversations.get(id)) this.#opened.delete(id);
  }

  async serve(): Promise<unknown> {
    return undefined;
  }

  wiped(): void {
    // Operators' tabs have a connection each.
  }

  // What one operator left on a shared computer is not for the next one, nor does it go out as theirs.
  async #own(account: string | undefined): Promise<void> {
    const { storage, sessions } = this.#parts;
    if (this.#account !== undefined && this.#account !== account) await this.#forget();
    if ((await storage.read<string>("operator")) !== account) {
      await storage.clear();
      await storage.write("operator", account);
      await sessions.keep();
    }
    this.#account = account;
  }

  /** `stops`: of the moment at which it was asked for. */
  async #start(stops: number, account: string | undefined, session?: OperatorSession): Promise<void> {
    this.#check(stops);
    await this.#own(account);
    this.#check(stops);
    if (session) this.#parts.tokens.take(session);
    this.#parts.sessions.holder = account;
    this.listen();
    await this.core.start();
  }

  #check(stops: number): void {
    if (stops !== this.#stops) throw new ChatError(network, { detail: "The client was stopped meanwhile." });
  }

  #watch(): void {
    void this.#list().catch(() => undefined);
  }

  async #list(): Promise<void> {
    const inboxes = this.#watched;
    const before = this.rows.value;
    const result = await this.core.hub.ask("Watch", { inboxes: [...inboxes] });
    if (inboxes !== this.#watched) return;
    this.#lists.take(result, before);
    this.listed.set(inboxes);
    clearTimeout(this.#again);
    // No rows are pushed there.
    if (this.connection.value.transport === "poll") this.#again = setTimeout(() => this.#watch(), listEveryMs);
  }

  #drop(conversation: string): void {
    this.#opened.delete(conversation);
    this.core.conversations.remove(conversation);
  }
}

function withSeq(request: OutboxRequest, expectedSeq: number | undefined): OutboxRequest {
  return expectedSeq === undefined ? request : { ...request, expectedSeq };
}
