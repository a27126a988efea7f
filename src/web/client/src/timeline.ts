import type { Actor, ChatEvent, EventType } from "@gapless-chat/protocol";
import type { Self } from "./marks.ts";
import type { OutboxItem } from "./outbox-item.ts";
import type { Marks, TimelineItem } from "./types.ts";

const shown: readonly EventType[] = ["message", "note", "status", "assigned", "tagged", "rated", "system", "visitor"];

interface Made {
  event: ChatEvent;
  change: OutboxItem | undefined;
  item: TimelineItem;
}

/** What is held of a log, and what is ahead of a hole in it. */
interface Held {
  readonly events: readonly ChatEvent[];
  readonly ahead: readonly ChatEvent[];
}

/** Makes lines of events and of what waits in the outbox. A line that did not change is the same object again. */
export class Timeline {
  #made = new Map<number, Made>();

  build({ events, ahead }: Held, waiting: readonly OutboxItem[], self: Self, other: Marks): TimelineItem[] {
    const changes = new Map<number, OutboxItem>();
    for (const item of waiting) {
      if (item.method === "Edit" || item.method === "Delete") changes.set(item.request.seq ?? 0, item);
    }
    const items: TimelineItem[] = [];
    const made = new Map<number, Made>();
    for (const event of events) {
      if (!shown.includes(event.type)) continue;
      const line = this.#line(event, changes.get(event.seq), self, other);
      made.set(event.seq, line);
      items.push(line.item);
    }
    this.#made = made;
    // What its author saw on its way does not go out of sight while something before it is missing.
    for (const event of ahead) {
      const { seq: _, ...item } = sent(event, undefined, true, "sent");
      if (isText(event) && isMine(event.actor, self)) items.push(item);
    }
    for (const item of waiting) {
      const isWritten = item.method === "Send" || item.method === "Note";
      // The log may have it a moment before the outbox lets go of it.
      if (isWritten && !items.some(({ key }) => key === item.clientId)) items.push(unsent(item, self));
    }
    return items;
  }

  #line(event: ChatEvent, change: OutboxItem | undefined, self: Self, other: Marks): Made {
    const mine = isMine(event.actor, self);
    const state = mine ? progress(event.seq, other) : "sent";
    const last = this.#made.get(event.seq);
    if (last?.event === event && last.change === change && last.item.state === state) return last;
    return { event, change, item: sent(event, change, mine, state) };
  }
}

function sent(event: ChatEvent, change: OutboxItem | undefined, mine: boolean, state: TimelineItem["state"]): TimelineItem {
  const { body, replyTo, editedSeq, deletedSeq } = event.data ?? {};
  const text = change?.method === "Edit" && deletedSeq === undefined ? change.request.body : body;
  return {
    key: keyOf(event),
    seq: event.seq,
    type: event.type,
    actor: event.actor ?? { kind: "system" },
    at: Date.parse(event.at ?? ""),
    mine,
    state,
    ...(text === undefined ? {} : { body: text }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(editedSeq === undefined ? {} : { edited: true }),
    ...(deletedSeq === undefined ? {} : { deleted: true }),
    ...(isText(event) || !event.data ? {} : { data: event.data }),
    ...(change ? { pending: change.method === "Edit" ? "edit" : "delete" } : {}),
    ...(change?.error ? { error: change.error } : {}),
  };
}

function isText({ type }: ChatEvent): boolean {
  return type === "message" || type === "note";
}

function unsent(item: OutboxItem, self: Self): TimelineItem {
  const { body, replyTo } = item.request;
  return {
    key: item.clientId,
    type: item.method === "Note" ? "note" : "message",
    actor: { kind: self.side, id: self.id },
    at: item.at,
    mine: true,
    state: item.state === "queued" ? "sending" : item.state,
    ...(body === undefined ? {} : { body }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(item.error ? { error: item.error } : {}),
    ...(item.missing ? { missing: item.missing } : {}),
  };
}

export function keyOf(event: ChatEvent): string {
  return event.clientId ?? `seq:${event.seq}`;
}

export function isMine(actor: Actor | undefined, self: Self): boolean {
  return actor?.kind === self.side && (self.side === "visitor" || actor.id === self.id);
}

function progress(seq: number, other: Marks): TimelineItem["state"] {
  if (seq <= other.readSeq) return "read";
  return seq <= other.deliveredSeq ? "delivered" : "sent";
}
