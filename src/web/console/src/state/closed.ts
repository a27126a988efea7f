import { signal } from "@preact/signals";
import { attempt } from "./actions";
import { api } from "./api";
import { closedRows, rows } from "./chat";
import type { ConversationList, ListRow } from "./types";

const pageSize = 50;
let next: string | undefined;
let isAll = false;

export const isLoadingClosed = signal(false);

/** The next page of closed conversations, the last closed first; from the start when asked. */
export async function loadClosed(isFromStart: boolean): Promise<void> {
  if (isLoadingClosed.peek() || (isAll && !isFromStart)) return;
  isLoadingClosed.value = true;
  await attempt(async () => {
    const query = new URLSearchParams({
      status: "closed",
      limit: String(pageSize),
      ...(isFromStart || !next ? {} : { cursor: next }),
    });
    const page = await api<ConversationList>("GET", `/conversations?${query}`);
    const known = isFromStart ? new Map<string, ListRow>() : new Map(closedRows.value);
    for (const { inboxId, row } of page.rows) {
      const live = rows.peek().get(row.conversationId);
      known.set(row.conversationId, { ...row, inboxId, unread: live?.unread ?? 0, online: live?.online ?? false });
    }
    closedRows.value = known;
    next = page.next;
    isAll = page.next === undefined;
  });
  isLoadingClosed.value = false;
}
