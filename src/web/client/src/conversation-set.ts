import type { ChatEvent, ConversationPage, Cursor, Ephemeral, Skip } from "@gapless-chat/protocol";
import type { Input } from "./inputs.ts";
import { LiveConversation } from "./live-conversation.ts";
import type { Self } from "./marks.ts";
import type { OutboxItem } from "./outbox-item.ts";
import { Cell } from "./store.ts";
import type { ConversationMap, ConversationState } from "./types.ts";

/** `rest`: the server has more. `hole`: it mostly comes by itself. `unheard`: whoever answered has not heard of what was pushed. */
export type Missing = "rest" | "hole" | "unheard";

export interface SetHost {
  readonly self: Self;
  waiting(id: string): OutboxItem[];
  /** Whether pushes and pages of a conversation that is not held are taken. */
  wants(id: string): boolean;
  missing(conversation: LiveConversation, what: Missing): void;
  applied(event: ChatEvent | Skip): void;
  /** What is held of a conversation is more, or another. */
  advanced(conversation: LiveConversation): void;
  /** A conversation that had the id of its opening has one of the server. */
  opened(from: string, to: string): void;
  /** Its log is another one: seqs mean something else. */
  replaced(conversation: LiveConversation): void;
}

/** All conversations that are held, and their snapshots. */
export class ConversationSet {
  readonly states = new Cell<ConversationMap>(new Map());
  /** Ids of openings → ids of the server. */
  readonly aliases = new Map<string, string>();
  readonly #host: SetHost;
  #live = new Map<string, LiveConversation>();
  #dirty = new Set<string>();
  /** Came before the answers which make their conversations known: the server does not repeat them soon. */
  #early: Ephemeral[] = [];

  constructor(host: SetHost) {
    this.#host = host;
  }

  /** Under the id of its opening too. */
  get(id: string): LiveConversation | undefined {
    return this.#live.get(this.resolve(id));
  }

  resolve(id: string): string {
    return this.aliases.get(id) ?? id;
  }

  get all(): LiveConversation[] {
    return [...this.#live.values()];
  }

  /** Those that the server knows, with what is held of them. */
  get cursors(): Cursor[] {
    return this.all.filter((conversation) => conversation.log.epoch > 0).map((conversation) => conversation.cursor);
  }

  receive(input: Input): void {
    if (input.kind === "hello") this.#greeted(input);
    else if (input.kind === "pages") for (const page of input.pages) this.#page(page);
    else if (input.kind === "disowned") this.clear();
    else if (input.kind === "opened") this.#opened(input.from, input.to);
    else if (input.kind === "push") this.#push(input);
  }

  ensure(id: string): LiveConversation {
    const known = this.#live.get(id);
    if (known) return known;
    const conversation = new LiveConversation(id, () => this.touch(id));
    this.#live.set(id, conversation);
    for (const notice of this.#early) if (notice.conversationId === id) conversation.take(notice);
    this.#early = this.#early.filter((notice) => notice.conversationId !== id);
    this.touch(id);
    return conversation;
  }

  /** One that is held, or is to be. */
  #wanted(id: string): LiveConversation | undefined {
    return this.#live.has(id) || this.#host.wants(id) ? this.ensure(id) : undefined;
  }

  remove(id: string): void {
    this.#live.get(id)?.clear();
    if (this.#live.delete(id)) this.touch(id);
  }

  clear(): void {
    for (const id of [...this.#live.keys()]) this.remove(id);
    this.aliases.clear();
  }

  /** Its snapshot is stale. All that became stale together is made anew together. */
  touch(id: string): void {
    if (this.#dirty.size === 0) queueMicrotask(() => this.#publish());
    this.#dirty.add(id);
  }

  touchAll(): void {
    for (const id of this.#live.keys()) this.touch(id);
  }

  #publish(): void {
    const states = new Map<string, ConversationState>(this.states.value);
    for (const id of this.#dirty) {
      const conversation = this.#live.get(id);
      if (conversation) states.set(id, conversation.state(this.#host.waiting(id), this.#host.self));
      else states.delete(id);
    }
    this.#dirty.clear();
    this.states.set(states);
  }

  #greeted({ result, asked, isShared }: Input & { kind: "hello" }): void {
    const answered = new Set(result.conversations.map((page) => page.conversation.id));
    for (const id of asked) if (!answered.has(id)) this.remove(id);
    for (const page of result.conversations) this.#page(page, isShared);
    this.#early = [];
  }

  #page(page: ConversationPage, isShared = false): void {
    const { id } = page.conversation;
    const conversation = this.#wanted(id);
    if (!conversation) return;
    const { seq: before, epoch } = conversation.log;
    if (page.epoch < epoch) {
      if (conversation.log.hasHole) this.#host.missing(conversation, "unheard");
      return;
    }
    const isOther = page.epoch !== epoch || (page.reset && !isShared);
    conversation.applyPage(page, this.#host.self, isOther);
    if (isOther) this.#host.replaced(conversation);
    // Its beginning tells under which id it was opened, also when the answer to the opening came to another page.
    if (conversation.openedAs) this.#opened(conversation.openedAs, id);
    for (const event of page.events) this.#host.applied(event);
    this.#changed(conversation);
    // A page has at most 100 events, and of an answer with many pages some have none; the rest is asked for from the last that is held, as long as
    // that gets anywhere.
    const goesOn = conversation.log.seq !== before || (page.hasMore && page.events.length === 0);
    if (conversation.log.seq < page.seq && goesOn) this.#host.missing(conversation, "rest");
    else if (conversation.log.hasHole) this.#host.missing(conversation, "unheard");
  }

  #opened(from: string, to: string): void {
    if (this.aliases.has(from)) return;
    this.aliases.set(from, to);
    this.remove(from);
    this.touch(to);
    this.#host.opened(from, to);
  }

  #push(input: Input & { kind: "push" }): void {
    switch (input.target) {
      case "event":
      case "skip":
        this.#event(input.payload);
        return;
      case "cursor": {
        const conversation = this.#live.get(input.payload.conversationId);
        if (conversation?.moveCursor(input.payload, this.#host.self)) this.touch(conversation.id);
        return;
      }
      case "ephemeral":
        this.#notice(input.payload);
        return;
      case "resync": {
        const { conversationId } = input.payload;
        // It may be one that another device of the visitor has opened.
        const conversation = conversationId && this.#wanted(conversationId);
        if (conversation) this.#host.missing(conversation, "rest");
        return;
      }
    }
  }

  #notice(notice: Ephemeral): void {
    const conversation = this.#live.get(notice.conversationId);
    if (conversation) conversation.take(notice);
    else if (this.#host.wants(notice.conversationId)) this.#early.push(notice);
  }

  #event(event: ChatEvent | Skip): void {
    const id = event.conversationId;
    const conversation = this.#wanted(id);
    if (!conversation) return;
    const verdict = conversation.apply(event);
    if (verdict === "applied") this.#changed(conversation);
    this.touch(id);
    if (verdict !== "known") this.#host.applied(event);
    if (verdict === "void") this.#host.missing(conversation, "rest");
    else if (conversation.log.hasHole) this.#host.missing(conversation, "hole");
  }

  #changed(conversation: LiveConversation): void {
    this.touch(conversation.id);
    this.#host.advanced(conversation);
  }
}
