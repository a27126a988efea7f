import type { TimelineItem } from "@gapless-chat/client";
import type { ListRow } from "../src/state/types";

const start = Date.UTC(2026, 10, 30, 9);

/** Minutes after nine as the wire has them. */
export function at(minutes: number): string {
  return new Date(start + minutes * 60_000).toISOString();
}

export function row(id: string, part: Partial<ListRow> = {}): ListRow {
  return {
    conversationId: id,
    inboxId: "inbox",
    epoch: 1,
    seq: 1,
    status: "queued",
    visitor: { id: `visitor-${id}`, identified: false },
    openedAt: at(0),
    lastAt: at(0),
    unread: 0,
    online: false,
    ...part,
  };
}

export const me = { id: "me", name: "Me" };
export const anna = { id: "anna", name: "Anna" };

export function item(seq: number, part: Partial<TimelineItem> = {}): TimelineItem {
  return {
    key: `seq:${seq}`,
    seq,
    type: "message",
    actor: { kind: "visitor", id: "v" },
    at: start + seq * 1000,
    mine: false,
    body: `text ${seq}`,
    state: "sent",
    ...part,
  };
}
