import type { ChatEvent, Conversation, ConversationPage, CursorMoved, Ephemeral, SideCursor, Skip } from "@gapless-chat/protocol";
import { Ephemerals } from "./ephemerals.ts";
import { ConversationLog, type Verdict } from "./log.ts";
import { CursorBook, type Self } from "./marks.ts";
import type { OutboxItem } from "./outbox-item.ts";
import { Timeline } from "./timeline.ts";
import type { ConversationState } from "./types.ts";

/** One conversation as it is held: its log, its cursors and what is about it for a moment. */
export class LiveConversation {
  readonly id: string;
  readonly log = new ConversationLog();
  isLoadingOlder = false;
  readonly #marks = new CursorBook();
  readonly #ephemerals: Ephemerals;
  readonly #timeline = new Timeline();
  #conversation: Conversation | undefined;

  constructor(id: string, changed: () => void) {
    this.id = id;
    this.#ephemerals = new Ephemerals(changed);
  }

  get cursor() {
    return { conversationId: this.id, epoch: this.log.epoch, seq: this.log.seq };
  }

  /** The clientId under which it was opened, once its beginning is held. */
  get openedAs(): string | undefined {
    return this.log.at(1)?.clientId;
  }

  get marks() {
    return this.#marks.cursors;
  }

  /** What a tab that comes later needs to hold the same. */
  page(self: Self): ConversationPage | undefined {
    const { epoch, seq, events, hasOlder } = this.log;
    if (!this.#conversation) return undefined;
    const { own, other } = this.#marks.cursors;
    const cursors: SideCursor[] = [
      { side: self.side, ...own },
      { side: self.side === "visitor" ? "operator" : "visitor", ...other },
    ];
    return { conversation: this.#conversation, epoch, events: [...events], seq, hasMore: hasOlder, reset: true, cursors };
  }

  apply(event: ChatEvent | Skip): Verdict {
    const before = this.log.seq;
    const verdict = this.log.apply(event);
    for (let seq = before + 1; seq <= this.log.seq; seq++) this.#follow(this.log.at(seq));
    return verdict;
  }

  /** `isOther`: of another log, whose cursors count alone. */
  applyPage(page: ConversationPage, self: Self, isOther: boolean): void {
    if (page.epoch < this.log.epoch) return;
    if (isOther) this.#marks.clear();
    this.log.applyPage(page);
    if (page.seq >= this.log.seq || !this.#conversation) this.#conversation = page.conversation;
    // Pushes that waited behind the page are newer than what it says of the conversation.
    for (let seq = page.seq + 1; seq <= this.log.seq; seq++) this.#follow(this.log.at(seq));
    for (const cursor of page.cursors) this.#marks.move(cursor, self);
  }

  moveCursor(cursor: CursorMoved, self: Self): boolean {
    return this.#marks.move(cursor, self);
  }

  readUpTo(seq: number): boolean {
    return this.#marks.moveOwn({ deliveredSeq: seq, readSeq: seq });
  }

  deliveredUpTo(seq: number): boolean {
    return this.#marks.moveOwn({ deliveredSeq: seq, readSeq: 0 });
  }

  take(notice: Ephemeral): void {
    this.#ephemerals.take(notice);
  }

  clear(): void {
    this.#ephemerals.clear();
  }

  /** The newest message of the other side that is held, up to a seq; 0: none. */
  newestOfOthers(self: Self, upTo = this.log.seq): number {
    return this.log.events.findLast((event) => event.seq <= upTo && isTheirs(event, self))?.seq ?? 0;
  }

  state(waiting: readonly OutboxItem[], self: Self): ConversationState {
    const { epoch, seq, events, hasOlder } = this.log;
    const { own, other } = this.#marks.cursors;
    const { typing, viewing, online, queuePosition } = this.#ephemerals;
    const status = this.#conversation?.status ?? "queued";
    return {
      id: this.id,
      status,
      epoch,
      seq,
      items: this.#timeline.build(this.log, waiting, self, other),
      hasOlder,
      loadingOlder: this.isLoadingOlder,
      unread: events.filter((event) => event.seq > own.readSeq && isTheirs(event, self)).length,
      cursors: { own, other },
      typing,
      viewing,
      ...(this.#conversation ? { conversation: this.#conversation } : {}),
      ...(online === undefined ? {} : { online }),
      ...(queuePosition === undefined || status !== "queued" ? {} : { queuePosition }),
    };
  }

  #follow(event: ChatEvent | undefined): void {
    if (!event || !this.#conversation) return;
    this.#conversation = after(this.#conversation, event);
    if (event.type === "message" || event.type === "note") this.#ephemerals.forget("typing", event.actor);
  }
}

function isTheirs(event: ChatEvent, self: Self): boolean {
  const theirs = self.side === "visitor" ? "operator" : "visitor";
  return event.type === "message" && event.actor?.kind === theirs && event.data?.deletedSeq === undefined;
}

/** What an event says of the conversation itself. */
function after(conversation: Conversation, { type, at, data }: ChatEvent): Conversation {
  const { snoozedUntil, assignee, team, ...rest } = conversation;
  const next = { ...conversation, lastAt: at ?? conversation.lastAt };
  switch (type) {
    case "status":
      return {
        ...rest,
        lastAt: next.lastAt,
        status: data?.status ?? rest.status,
        ...(assignee ? { assignee } : {}),
        ...(team ? { team } : {}),
        ...(data?.snoozedUntil ? { snoozedUntil: data.snoozedUntil } : {}),
      };
    case "assigned":
      return {
        ...rest,
        lastAt: next.lastAt,
        ...(snoozedUntil ? { snoozedUntil } : {}),
        ...(data?.assignee ? { assignee: data.assignee } : {}),
        ...(data?.team ? { team: data.team } : {}),
      };
    case "tagged": {
      const tags = [...(conversation.tags ?? []), ...(data?.added ?? [])];
      return { ...next, tags: [...new Set(tags)].filter((tag) => !data?.removed?.includes(tag)) };
    }
    case "visitor":
      return { ...next, visitor: { ...conversation.visitor, blocked: false, ...data?.visitor } };
    case "rated":
      return { ...next, ...(data?.score === undefined ? {} : { rating: data.score }) };
    default:
      return next;
  }
}
