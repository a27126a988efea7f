import type { ChatEvent, Cursor, HelloResult, Me, Skip } from "@gapless-chat/protocol";
import { limits, protocolVersion } from "@gapless-chat/protocol";
import type { Dial } from "./connection.ts";
import { ConversationSet, type Missing, type SetHost } from "./conversation-set.ts";
import { Hub, type HubHost } from "./hub.ts";
import type { Input } from "./inputs.ts";
import type { Request } from "./link.ts";
import type { LiveConversation } from "./live-conversation.ts";
import type { Self } from "./marks.ts";
import { type Delivered, Outbox, type OutboxHost, type Settled } from "./outbox.ts";
import type { OutboxItem } from "./outbox-item.ts";
import { Receipts } from "./receipts.ts";
import { Repair } from "./repair.ts";
import type { ServerClock } from "./server-clock.ts";
import type { ClientStorage } from "./storage.ts";
import { Cell } from "./store.ts";
import type { TokenKeeper } from "./token.ts";
import type { ConnectionState } from "./types.ts";

const holeMs = 200;
// A tab that follows gets what the leading one repairs; it asks by itself only if it alone has missed something.
const followerHoleMs = 1500;
// Nodes hear of a new log within moments of each other.
const unheardMs = 1000;
const storeMs = 1000;
// Who opened a conversation may hold its first id for long, as an app that is restored where it was.
const aliasesKey = "aliases";
const keptAliases = 100;
const sdk = "chat-web/0.1.0";

export interface CoreOptions {
  side: Self["side"];
  storage: ClientStorage;
  tokens: TokenKeeper;
  clock: ServerClock;
  dial: Dial;
  locale?: string | undefined;
}

/** What visitor and operator add. */
export interface CoreHost {
  wants(id: string): boolean;
  /** Whether this device is woken for what it does not have, by itself and not as one of its visitor's. */
  readonly isWoken?: boolean;
  deviceId(): string;
  greeted(me: Me): void | Promise<void>;
  received?(input: Input): void;
  serve(name: string, argument: unknown): Promise<unknown>;
  wiped(): void;
}

/** Brings the parts together: what comes from the server goes to the conversations, what is to go there into the outbox. */
export class ChatCore implements HubHost, OutboxHost, SetHost {
  readonly connection = new Cell<ConnectionState>({ status: "idle", transport: "socket" });
  readonly conversations: ConversationSet;
  readonly outbox: Outbox;
  readonly hub: Hub;
  readonly receipts: Receipts;
  self: Self;
  readonly #options: CoreOptions;
  readonly #host: CoreHost;
  readonly #repair: Repair;
  /** Counts starts and stops: a start that was overtaken ends. */
  #run = 0;
  #lookAgain: ReturnType<typeof setTimeout> | undefined;
  #me: Me | undefined;
  #limits: HelloResult["limits"] | undefined;

  constructor(options: CoreOptions, host: CoreHost) {
    this.#options = options;
    this.#host = host;
    this.self = { side: options.side, id: "" };
    this.conversations = new ConversationSet(this);
    this.outbox = new Outbox(options.storage, this);
    this.hub = new Hub(options.tokens, options.dial, this);
    this.receipts = new Receipts((method, conversationId, seq) => this.hub.invoke(method, { conversationId, seq }));
    this.#repair = new Repair({
      cursorOf: (id) => this.conversations.get(id)?.cursor,
      sync: (cursors) => this.hub.invoke("Sync", { cursors }),
    });
  }

  get me(): Me | undefined {
    return this.#me;
  }

  async start(tabsName?: string | Promise<string | undefined>): Promise<void> {
    const run = ++this.#run;
    const name = await tabsName;
    const aliases = (await this.#options.storage.read<[string, string][]>(aliasesKey)) ?? [];
    if (run !== this.#run) return;
    for (const [from, to] of aliases) this.conversations.aliases.set(from, to);
    await this.outbox.reload();
    if (run !== this.#run) return;
    await this.hub.start(name);
    void this.#options.storage.parted?.then(() => this.hub.part());
  }

  stop(reason?: string): void {
    this.#run++;
    this.outbox.shut();
    this.#repair.cancel();
    clearTimeout(this.#lookAgain);
    this.receipts.clear();
    this.hub.stop(reason);
  }

  /** Ends here and forgets everything that is held. */
  end(reason: string): void {
    this.stop(reason);
    this.outbox.clear();
    this.conversations.clear();
  }

  async disown(): Promise<void> {
    this.hub.emit({ kind: "disowned" });
    await this.outbox.disown();
  }

  /** Asks what was missed: the app is in the foreground again, or the network is back. */
  refresh(): void {
    this.hub.hurry();
    if (this.connection.value.status === "online") this.#missed(this.conversations.cursors);
  }

  #missed(cursors: readonly Cursor[]): void {
    this.#repair.now(cursors.map((cursor) => cursor.conversationId));
  }

  // Of the hub.

  hello(): Request<"Hello"> {
    const { locale } = this.#options;
    const cursors = this.conversations.cursors.slice(-limits.Cursors);
    const usable = locale !== undefined && locale.length <= limits.LocaleLength;
    return { protocol: protocolVersion, deviceId: this.#host.deviceId(), sdk, cursors, ...(usable ? { locale } : {}) };
  }

  snapshot(): HelloResult | undefined {
    if (!this.#me || !this.#limits) return undefined;
    const pages = this.conversations.all.map((conversation) => conversation.page(this.self)).filter((page) => page !== undefined);
    return {
      serverTime: new Date(this.#options.clock.now()).toISOString(),
      you: this.#me,
      limits: this.#limits,
      conversations: pages,
    };
  }

  receive(input: Input): void {
    if (input.kind === "state") this.#connected(input.state);
    if (input.kind === "hello") this.#greeted(input.result);
    if (input.kind === "disowned") this.receipts.clear();
    this.conversations.receive(input);
    this.#host.received?.(input);
    if (input.kind === "hello") {
      // Only now is it known what has been made already.
      this.#ready();
      // The Hello has no room for more.
      if (this.hub.isLeading) this.#missed(this.conversations.cursors.slice(0, -limits.Cursors));
    }
    if (input.kind === "push" && input.target === "resync" && !input.payload.conversationId)
      void this.hub.greet().catch(() => undefined);
  }

  lead(): void {
    void this.outbox.reload();
  }

  outboxChanged(): void {
    void this.outbox.reload();
    // Another tab speaks when it begins to store, and may not live to say that it has.
    clearTimeout(this.#lookAgain);
    if (this.hub.isLeading) this.#lookAgain = setTimeout(() => void this.outbox.reload(), storeMs);
  }

  serve(name: string, argument: unknown): Promise<unknown> {
    return this.#host.serve(name, argument);
  }

  wiped(): void {
    this.#host.wiped();
  }

  // Of the conversations.

  waiting(id: string): OutboxItem[] {
    return this.outbox.of(id);
  }

  wants(id: string): boolean {
    return this.#host.wants(id);
  }

  missing({ id, log }: LiveConversation, what: Missing): void {
    const { isLeading } = this.hub;
    const isFilled = () => !log.hasHole;
    if (what === "hole") this.#repair.later(id, isLeading ? holeMs : followerHoleMs, isFilled);
    else if (isLeading && what === "unheard") this.#repair.later(id, unheardMs, isFilled);
    else if (isLeading) this.#repair.now([id]);
  }

  applied(event: ChatEvent | Skip): void {
    if ("clientId" in event && event.clientId) this.outbox.seen(event);
  }

  advanced(conversation: LiveConversation): void {
    if (!this.hub.isLeading) return;
    const newest = conversation.newestOfOthers(this.self);
    const { own } = conversation.marks;
    if (newest > (this.#host.isWoken ? own.readSeq : own.deliveredSeq)) {
      conversation.deliveredUpTo(newest);
      this.receipts.mark("Delivered", conversation.id, newest);
    }
  }

  opened(from: string, to: string): void {
    if (this.hub.isLeading && this.self.side === "visitor")
      void this.#options.storage.write(aliasesKey, [...this.conversations.aliases].slice(-keptAliases));
    void this.outbox.rename(from, to);
  }

  replaced(conversation: LiveConversation): void {
    this.receipts.forget(conversation.id);
  }

  // Of the outbox.

  async deliver({ clientId, conversationId, method, request }: OutboxItem): Promise<Delivered> {
    if (method === "OpenConversation") {
      // The answer was lost, and the log has told its conversation since: there is nothing left to ask.
      const known = this.resolve(clientId);
      if (known !== clientId) return { result: { status: "duplicate" }, conversationId: known };
      const { status, page } = await this.hub.invoke(method, { clientId, ...request } as Request<"OpenConversation">);
      const { id } = page.conversation;
      this.hub.emit({ kind: "opened", from: clientId, to: id });
      return { result: { status }, conversationId: id };
    }
    return { result: await this.hub.invoke(method, { conversationId, clientId, ...request } as Request<typeof method>) };
  }

  changed(conversationId: string): void {
    const isWaiting = this.outbox.of(conversationId).length > 0;
    const id = this.resolve(conversationId);
    const held = this.conversations.get(id);
    if (!held && isWaiting && this.#host.wants(id)) this.conversations.ensure(id);
    // An opening that was given up leaves nothing.
    else if (held && !isWaiting && held.log.epoch === 0 && this.self.side === "visitor") this.conversations.remove(id);
    else if (held) this.conversations.touch(held.id);
  }

  stored(): void {
    this.hub.tellOutbox();
  }

  settled(outcome: Settled): void {
    this.outbox.hear(outcome);
  }

  told(outcome: Settled): void {
    this.hub.tellOutbox();
    this.hub.tellSettled(outcome);
  }

  resolve(conversationId: string): string {
    return this.conversations.resolve(conversationId);
  }

  #connected(state: ConnectionState): void {
    this.connection.set(state);
    if (state.status !== "online") this.outbox.shut();
  }

  #greeted({ you, serverTime, limits: allowed }: HelloResult): void {
    this.#options.clock.learn(serverTime);
    this.#me = you;
    this.#limits = allowed;
    if (this.self.id !== you.id) {
      this.self = { ...this.self, id: you.id };
      this.conversations.touchAll();
    }
    this.#repair.cancel();
    void this.#host.greeted(you);
  }

  #ready(): void {
    if (!this.hub.isLeading) return;
    this.outbox.open();
    this.receipts.again();
  }
}
