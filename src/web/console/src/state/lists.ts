import type { View } from "./route";
import type { ListRow } from "./types";

export interface Filter {
  text: string;
  inboxId?: string | undefined;
}

export interface Counts {
  queue: number;
  mine: number;
  /** Own conversations in which somebody waits for words. */
  unread: number;
  team: number;
  snoozed: number;
}

type Order = (a: ListRow, b: ListRow) => number;

const belongs: Record<View, (row: ListRow, myId: string) => boolean> = {
  queue: (row) => row.status === "queued",
  mine: (row, myId) => row.status === "open" && row.assignee?.id === myId,
  team: (row, myId) =>
    (row.status === "open" && row.assignee?.id !== myId) || (row.status === "queued" && row.team !== undefined),
  all: (row) => row.status === "queued" || row.status === "open",
  snoozed: (row) => row.status === "snoozed",
  closed: (row) => row.status === "closed",
};

// Times are compared as they are written: ISO-8601 in UTC with milliseconds sorts as text, and nothing is parsed.
const newestFirst: Order = (a, b) => compare(b.lastAt, a.lastAt);
const longestWaitFirst: Order = (a, b) => compare(a.waitingSince ?? a.openedAt, b.waitingSince ?? b.openedAt);
const waitingThenNewest: Order = (a, b) => {
  if (a.waitingSince && b.waitingSince) return compare(a.waitingSince, b.waitingSince);
  if (a.waitingSince || b.waitingSince) return a.waitingSince ? -1 : 1;
  return newestFirst(a, b);
};
const soonestFirst: Order = (a, b) => compare(a.snoozedUntil ?? "", b.snoozedUntil ?? "");

const orders: Record<View, Order> = {
  queue: longestWaitFirst,
  mine: waitingThenNewest,
  team: waitingThenNewest,
  all: newestFirst,
  snoozed: soonestFirst,
  closed: newestFirst,
};

/** The lines of one list, in order. */
export function listOf(rows: Iterable<ListRow>, view: View, myId: string, filter: Filter): ListRow[] {
  const words = filter.text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const order = orders[view];
  const out: ListRow[] = [];
  for (const row of rows) {
    if (belongs[view](row, myId) && passes(row, filter.inboxId, words)) out.push(row);
  }
  return out.sort((a, b) => order(a, b) || compare(a.conversationId, b.conversationId));
}

export function countsOf(rows: Iterable<ListRow>, myId: string): Counts {
  const counts: Counts = { queue: 0, mine: 0, unread: 0, team: 0, snoozed: 0 };
  for (const row of rows) {
    if (belongs.queue(row, myId)) counts.queue++;
    if (belongs.team(row, myId)) counts.team++;
    if (belongs.snoozed(row, myId)) counts.snoozed++;
    if (!belongs.mine(row, myId)) continue;
    counts.mine++;
    if (row.unread > 0) counts.unread++;
  }
  return counts;
}

/** The line after or before the chosen one; the first where none is chosen. */
export function neighbour(rows: readonly ListRow[], id: string | undefined, step: 1 | -1): ListRow | undefined {
  const at = rows.findIndex((row) => row.conversationId === id);
  if (at < 0) return rows[0];
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))];
}

function passes(row: ListRow, inboxId: string | undefined, words: readonly string[]): boolean {
  if (inboxId !== undefined && row.inboxId !== inboxId) return false;
  if (words.length === 0) return true;
  const text = [row.visitor.name, row.topic, row.lastMessage?.text, row.assignee?.name, ...(row.tags ?? [])]
    .join(" ")
    .toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
