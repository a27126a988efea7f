import type { ChatEvent, ConversationPage, EventData, Skip } from "@gapless-chat/protocol";

/** `known`: nothing new. `ahead`: kept until what is missing comes. `void`: of another log; start from a page. */
export type Verdict = "applied" | "known" | "ahead" | "void";

/**
 * What is held of a conversation's log: events without holes from `first` to `seq`, messages in their present form. Events ahead of a hole wait here.
 */
export class ConversationLog {
  epoch = 0;
  seq = 0;
  first = 1;
  #events: ChatEvent[] = [];
  #ahead = new Map<string, ChatEvent>();
  /** The newest change of messages that are not held, in case they come with a page that was read before it. */
  #changes = new Map<number, ChatEvent>();

  get events(): readonly ChatEvent[] {
    return this.#events;
  }

  get hasOlder(): boolean {
    return this.epoch !== 0 && this.first > 1;
  }

  /** What waits for those before it, as it came. */
  get ahead(): ChatEvent[] {
    return [...this.#ahead.values()];
  }

  get hasHole(): boolean {
    return this.#ahead.size > 0;
  }

  at(seq: number): ChatEvent | undefined {
    return this.#events[seq - this.first];
  }

  apply(pushed: ChatEvent | Skip): Verdict {
    const event = "type" in pushed ? pushed : { ...pushed, type: "skip" as const };
    if (event.epoch < this.epoch) return "known";
    if (event.epoch === this.epoch && event.seq <= this.seq) return "known";
    this.#ahead.set(placeOf(event.epoch, event.seq), event);
    if (event.epoch !== this.epoch) return "void";
    return this.#drain() ? "applied" : "ahead";
  }

  /** Whether anything changed. A page that was read before what is held changes nothing. */
  applyPage(page: ConversationPage): boolean {
    // Epochs only grow: whoever names a lower one has not heard of the log that is held.
    if (page.epoch < this.epoch) return false;
    const isOther = page.reset || page.epoch > this.epoch;
    const leavesHole = (page.events[0]?.seq ?? 0) > this.seq + 1;
    if (isOther || leavesHole) {
      this.#replace(page);
      return true;
    }
    const before = this.seq;
    for (const event of page.events) if (event.seq === this.seq + 1) this.#append(event);
    this.#drain();
    return this.seq !== before;
  }

  /** Older events, ascending, that end right before `first`. */
  prepend(epoch: number, events: readonly ChatEvent[]): boolean {
    const older = events.filter((event) => event.seq < this.first);
    if (epoch !== this.epoch || older.at(-1)?.seq !== this.first - 1) return false;
    this.#events = [...older, ...this.#events];
    this.first = older[0]?.seq ?? this.first;
    for (const [target, change] of this.#changes) {
      if (this.at(target)) {
        this.#changes.delete(target);
        this.#fold(change);
      }
    }
    return true;
  }

  #replace(page: ConversationPage): void {
    this.epoch = page.epoch;
    this.first = page.events[0]?.seq ?? page.seq + 1;
    this.seq = this.first - 1;
    this.#events = [];
    this.#changes.clear();
    for (const event of page.events) this.#append(event);
    this.#drain();
  }

  #drain(): boolean {
    const before = this.seq;
    const next = () => this.#ahead.get(placeOf(this.epoch, this.seq + 1));
    for (let event = next(); event; event = next()) this.#append(event);
    for (const [place, event] of this.#ahead) {
      if (event.epoch < this.epoch || (event.epoch === this.epoch && event.seq <= this.seq)) this.#ahead.delete(place);
    }
    return this.seq !== before;
  }

  #append(event: ChatEvent): void {
    this.seq = event.seq;
    this.#events.push(event);
    if (event.type === "edited" || event.type === "deleted") this.#fold(event);
  }

  #fold(change: ChatEvent): void {
    const seq = change.data?.targetSeq ?? 0;
    const target = this.at(seq);
    if (target) this.#events[seq - this.first] = { ...target, data: changed(target.data ?? {}, change) };
    // A deletion is final, and erases the texts of the edits before it.
    else if (this.#changes.get(seq)?.type !== "deleted") this.#changes.set(seq, change);
    // The text lives on in the message only.
    if (this.at(change.seq)?.data?.body !== undefined)
      this.#events[change.seq - this.first] = { ...change, data: { targetSeq: seq } };
  }
}

function placeOf(epoch: number, seq: number): string {
  return `${epoch}/${seq}`;
}

function changed(data: EventData, change: ChatEvent): EventData {
  const { body, ...rest } = data;
  if (change.type === "deleted") return { ...rest, deletedSeq: change.seq };
  if (data.deletedSeq !== undefined || change.seq <= (data.editedSeq ?? 0)) return data;
  const text = change.data?.body ?? body;
  return { ...rest, ...(text === undefined ? {} : { body: text }), editedSeq: change.seq };
}
