import type { ListRow } from "../state/types";

export interface News {
  kind: "queued" | "message";
  row: ListRow;
}

/** The lists at a moment, and the inboxes whose rows were in them by then. */
export interface Picture {
  rows: ReadonlyMap<string, ListRow>;
  listed: readonly string[];
}

/**
 * What a person must hear of, since a picture of the lists: a conversation that newly waits in the queue, and a visitor's message in one's own. In
 * an inbox whose rows have come only now nothing is news.
 */
export function newsSince(before: Picture, after: ReadonlyMap<string, ListRow>, myId: string): News[] {
  const news: News[] = [];
  for (const [id, row] of after) {
    const old = before.rows.get(id);
    if (old === row || !before.listed.includes(row.inboxId)) continue;
    if (row.status === "queued" && old?.status !== "queued") news.push({ kind: "queued", row });
    else if (row.assignee?.id === myId && hasNewWords(old, row)) news.push({ kind: "message", row });
  }
  return news;
}

function hasNewWords(old: ListRow | undefined, row: ListRow): boolean {
  return row.lastMessage?.side === "visitor" && row.lastMessage.seq > (old?.lastMessage?.seq ?? 0) && row.status === "open";
}
