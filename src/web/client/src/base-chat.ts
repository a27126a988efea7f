import type { ChatEvent, Cursor } from "@gapless-chat/protocol";
import { ChatCore, type CoreHost, type CoreOptions } from "./chat-core.ts";
import type { Input } from "./inputs.ts";
import type { LiveConversation } from "./live-conversation.ts";
import { newId } from "./new-id.ts";
import type { OutboxItem, OutboxRequest } from "./outbox-item.ts";
import { TypingThrottle } from "./receipts.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Store } from "./store.ts";
import { keyOf } from "./timeline.ts";
import type { ChangeResult, ConnectionState, ConversationMap, SendOptions } from "./types.ts";

const olderPage = 50;

/** What visitors and operators do alike. */
export abstract class BaseChat implements CoreHost {
  readonly connection: Store<ConnectionState>;
  readonly conversations: Store<ConversationMap>;
  protected readonly core: ChatCore;
  readonly #clock: ServerClock;
  readonly #typing = new TypingThrottle();
  #isVisible = true;
  /** How far was read while nobody could see: told when somebody looks. */
  #unread = new Map<string, Cursor>();
  readonly #networkReturned = () => this.core.refresh();

  constructor(options: CoreOptions) {
    this.core = new ChatCore(options, this);
    this.#clock = options.clock;
    this.connection = this.core.connection;
    this.conversations = this.core.conversations.states;
  }

  abstract wants(id: string): boolean;
  abstract deviceId(): string;
  abstract greeted(): void | Promise<void>;
  abstract serve(name: string, argument: unknown): Promise<unknown>;
  abstract wiped(): void;
  received?(input: Input): void;

  visible(isVisible: boolean): void {
    const isBack = isVisible && !this.#isVisible;
    this.#isVisible = isVisible;
    if (!isBack) return;
    this.core.refresh();
    for (const [id, cursor] of this.#unread) {
      const live = this.core.conversations.get(id);
      if (live?.log.epoch === cursor.epoch) this.#read(live, cursor.seq);
    }
    this.#unread.clear();
  }

  send(conversation: string, body: string, { replyTo, expectedSeq }: SendOptions & { expectedSeq?: number } = {}): string {
    const request = { ...(replyTo === undefined ? {} : { replyTo }), ...(expectedSeq === undefined ? {} : { expectedSeq }) };
    return this.text("Send", conversation, body, request);
  }

  edit(conversation: string, seq: number, body: string): void {
    this.core.outbox.add(this.change(conversation, "Edit", { seq, body }));
  }

  remove(conversation: string, seq: number): void {
    this.core.outbox.add(this.change(conversation, "Delete", { seq }));
  }

  retry(conversation: string, key: string): void {
    const item = this.item(conversation, key);
    if (item && item.state !== "queued") this.core.outbox.retry(item);
  }

  discard(conversation: string, key: string): string | undefined {
    const item = this.item(conversation, key);
    if (item) this.core.outbox.discard(item);
    return item?.request.body;
  }

  read(conversation: string): void {
    const live = this.core.conversations.get(conversation);
    if (!live || live.log.epoch === 0) return;
    if (!this.#isVisible) this.#unread.set(live.id, live.cursor);
    else this.#read(live, live.log.seq);
  }

  typing(conversation: string, preview?: string): void {
    const live = this.core.conversations.get(conversation);
    if (!live || live.log.epoch === 0 || this.connection.value.status !== "online" || !this.#typing.allows(live.id)) return;
    void this.core.hub.invoke("Typing", { conversationId: live.id, ...(preview ? { preview } : {}) }).catch(() => undefined);
  }

  async loadOlder(conversation: string): Promise<void> {
    const live = this.core.conversations.get(conversation);
    if (!live?.log.hasOlder || live.isLoadingOlder) return;
    live.isLoadingOlder = true;
    this.core.conversations.touch(live.id);
    try {
      const query = { conversationId: live.id, before: live.log.first, limit: olderPage };
      const { epoch, events } = await this.core.hub.ask("History", query);
      live.log.prepend(epoch, events);
    } finally {
      live.isLoadingOlder = false;
      this.core.conversations.touch(live.id);
    }
  }

  /** To be called at the start: browsers say when the network is back, and when a page is. */
  protected listen(): void {
    globalThis.addEventListener?.("online", this.#networkReturned);
    globalThis.addEventListener?.("pageshow", this.#networkReturned);
  }

  protected unlisten(): void {
    globalThis.removeEventListener?.("online", this.#networkReturned);
    globalThis.removeEventListener?.("pageshow", this.#networkReturned);
  }

  protected text(method: "Send" | "Note", conversation: string, body: string, options: OutboxRequest): string {
    const item = this.change(conversation, method, { body, ...options });
    this.#typing.reset(item.conversationId);
    this.core.outbox.add(item);
    return item.clientId;
  }

  protected ask(conversation: string, method: OutboxItem["method"], request: OutboxRequest): Promise<ChangeResult> {
    return this.core.outbox.ask(this.change(conversation, method, request));
  }

  protected change(conversation: string, method: OutboxItem["method"], request: OutboxRequest): OutboxItem {
    const conversationId = this.core.conversations.resolve(conversation);
    return { clientId: newId(), conversationId, method, request, at: this.#clock.now(), state: "queued" };
  }

  /** What waits under a key: an item that is not sent, or a change of one that is. */
  protected item(conversation: string, key: string): OutboxItem | undefined {
    const live = this.core.conversations.get(conversation);
    const waiting = this.core.outbox.of(this.core.conversations.resolve(conversation));
    const target = (seq: number | undefined): ChatEvent | undefined => (seq === undefined ? undefined : live?.log.at(seq));
    return waiting.find((item) => {
      if (item.clientId === key) return true;
      const event = target(item.request.seq);
      return event !== undefined && keyOf(event) === key;
    });
  }

  #read(live: LiveConversation, seq: number): void {
    if (live.readUpTo(seq)) this.core.conversations.touch(live.id);
    // Only what has news for the other side is worth a call.
    const newest = live.newestOfOthers(this.core.self, seq);
    if (newest > 0) this.core.receipts.mark("Read", live.id, newest);
  }
}
