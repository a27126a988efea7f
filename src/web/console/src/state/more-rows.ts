import { limits } from "@gapless-chat/protocol";
import { effect } from "@preact/signals";
import { attempt } from "./actions";
import { api } from "./api";
import { connection, inboxes, liveRows, moreRows } from "./chat";
import { phase } from "./session";
import type { ConversationList, ListRow } from "./types";

/**
 * Watching gives the first rows of an inbox only. Where an inbox has as many as that, the rest comes by REST, at each connection anew; from
 * then on pushes keep them like the others.
 */
export function followMoreRows(): () => void {
  let run = 0;
  let asked = "";
  return effect(() => {
    if (phase.value !== "in" || connection.value.status !== "online") {
      run++;
      asked = "";
      return;
    }
    const full = inboxes.value.map(({ id }) => id).filter((id) => countIn(liveRows.value, id) >= limits.WatchRows);
    if (full.length === 0 || full.join() === asked) return;
    asked = full.join();
    const mine = ++run;
    void attempt(() => loadAll(full, () => mine === run));
  });
}

async function loadAll(inboxIds: readonly string[], isCurrent: () => boolean): Promise<void> {
  const found = new Map<string, ListRow>();
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(limits.ListPage), ...(cursor ? { cursor } : {}) });
    for (const id of inboxIds) query.append("inbox", id);
    for (const status of ["queued", "open", "snoozed"]) query.append("status", status);
    const page = await api<ConversationList>("GET", `/conversations?${query}`);
    if (!isCurrent()) return;
    for (const { inboxId, row } of page.rows) found.set(row.conversationId, { ...row, inboxId, unread: 0, online: false });
    moreRows.value = new Map(found);
    cursor = page.next;
  } while (cursor !== undefined);
}

function countIn(rows: ReadonlyMap<string, ListRow>, inboxId: string): number {
  let count = 0;
  for (const row of rows.values()) if (row.inboxId === inboxId) count++;
  return count;
}
