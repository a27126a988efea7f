import type { ListRow } from "../state/types";

export interface News {
  kind: "queued" | "message";
  row: ListRow;
}

/**
 * What a person must hear of, between two pictures of the lists: a conversation that newly waits in the queue, and a visitor's message in
 * one's own. Against an empty picture (just connected) nothing is news.
 */
export function newsBetween(before: ReadonlyMap<string, ListRow>, after: ReadonlyMap<string, ListRow>, myId: string): News[] {
  if (before.size === 0) return [];
  const news: News[] = [];
  for (const [id, row] of after) {
    const old = before.get(id);
    if (old === row) continue;
    if (row.status === "queued" && old?.status !== "queued") news.push({ kind: "queued", row });
    else if (row.assignee?.id === myId && hasNewWords(old, row)) news.push({ kind: "message", row });
  }
  return news;
}

function hasNewWords(old: ListRow | undefined, row: ListRow): boolean {
  return row.lastMessage?.side === "visitor" && row.lastMessage.seq > (old?.lastMessage?.seq ?? 0) && row.status === "open";
}
