import type { ConversationState, TimelineItem } from "@gapless-chat/client";
import type { EventData } from "@gapless-chat/protocol";

const minute = 60_000;
const opened = new Date().setHours(10, 2, 0, 0);

/** A conversation written down as a script: each line is the next event, some minutes later. */
export class Script {
  private readonly items: TimelineItem[] = [];
  private at: number;

  constructor(
    private readonly id: string,
    private readonly operator: string,
    private readonly avatar?: string,
    daysAgo = 0,
  ) {
    this.at = opened - daysAgo * 24 * 60 * minute;
  }

  visitor(body: string, more: Partial<TimelineItem> = {}): this {
    return this.add({ type: "message", actor: { kind: "visitor" }, mine: true, body, state: "read", ...more });
  }

  answer(body: string, more: Partial<TimelineItem> = {}): this {
    return this.add({
      type: "message",
      actor: { kind: "operator", id: this.operator, name: this.operator },
      mine: false,
      body,
      ...more,
    });
  }

  event(type: TimelineItem["type"], data: EventData): this {
    return this.add({ type, actor: { kind: "system" }, mine: false, data });
  }

  joined(): this {
    return this.event("assigned", { assignee: this.face() });
  }

  pause(minutes: number): this {
    this.at += minutes * minute;
    return this;
  }

  end(more: Partial<ConversationState> = {}): ConversationState {
    const status = more.status ?? "open";
    const seq = this.items.length;
    return {
      id: this.id,
      conversation: {
        id: this.id,
        inboxId: "inbox",
        visitor: { id: "visitor", identified: false },
        status,
        openedAt: new Date(opened).toISOString(),
        lastAt: new Date(this.at).toISOString(),
        ...(status === "queued" ? {} : { assignee: this.face() }),
      },
      status,
      epoch: 1,
      seq,
      items: this.items,
      hasOlder: false,
      loadingOlder: false,
      unread: 0,
      cursors: { own: { deliveredSeq: seq, readSeq: seq }, other: { deliveredSeq: seq, readSeq: seq } },
      typing: [],
      viewing: [],
      online: true,
      ...more,
    };
  }

  private face() {
    return { id: this.operator, name: this.operator, ...(this.avatar && { avatar: this.avatar }) };
  }

  private add(item: Omit<TimelineItem, "key" | "at" | "state"> & Partial<TimelineItem>): this {
    this.at += minute / 2;
    const seq = this.items.length + 1;
    const isUnsent = item.state === "sending" || item.state === "failed";
    this.items.push({ key: `k${seq}`, at: this.at, state: "sent", ...(isUnsent ? {} : { seq }), ...item });
    return this;
  }
}
