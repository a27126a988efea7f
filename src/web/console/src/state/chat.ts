import { createOperatorChat } from "@gapless-chat/client";
import { computed, signal } from "@preact/signals";
import { Drafts } from "./drafts";
import { countsOf, type Filter, listOf } from "./lists";
import { mirror } from "./mirror";
import { route } from "./route";
import type { InboxFace, ListRow } from "./types";

export const chat = createOperatorChat({ url: location.origin });

export const connection = mirror(chat.connection);
export const me = mirror(chat.me);
/** What is watched, as pushes keep it. */
export const liveRows = mirror(chat.rows);
export const listed = mirror(chat.listed);
/** What there is beyond that; see `more-rows.ts`. */
export const moreRows = signal<ReadonlyMap<string, ListRow>>(new Map());
export const rows = computed(() => together(moreRows.value, liveRows.value));
export const conversations = mirror(chat.conversations);
export const operators = mirror(chat.operators);

export const inboxes = signal<readonly InboxFace[]>([]);
export const inboxNames = computed(() => new Map(inboxes.value.map((inbox) => [inbox.id, inbox.name])));

export const myId = computed(() => me.value?.id ?? "");
export const isSupervisor = computed(() => me.value?.role === "supervisor" || me.value?.role === "admin");
export const isAdmin = computed(() => me.value?.role === "admin");

export const drafts = computed(() => new Drafts(myId.value));

/** Lines of closed conversations come by REST, page by page; see `closed.ts`. */
export const closedRows = signal<ReadonlyMap<string, ListRow>>(new Map());

export const filter = signal<Filter>({ text: "" });

export const view = computed(() => (route.value.page === "work" ? route.value.view : "mine"));
export const chosenId = computed(() => (route.value.page === "work" ? route.value.conversation : undefined));
export const chosen = computed(() => (chosenId.value === undefined ? undefined : conversations.value.get(chosenId.value)));

export const list = computed(() => {
  const source = view.value === "closed" ? closedRows.value : rows.value;
  return listOf(source.values(), view.value, myId.value, filter.value);
});
export const mine = computed(() => listOf(rows.value.values(), "mine", myId.value, { text: "" }));
/** How many messages are new: exact where the conversation is followed. None once somebody of us has answered them. */
export function unreadOf(row: ListRow): number {
  if (row.lastMessage?.side === "operator") return 0;
  return conversations.value.get(row.conversationId)?.unread ?? row.unread;
}

export const counts = computed(() => countsOf(rows.value.values(), myId.value));

/** Both; where both have one, the newer. */
function together(more: ReadonlyMap<string, ListRow>, live: ReadonlyMap<string, ListRow>): ReadonlyMap<string, ListRow> {
  if (more.size === 0) return live;
  const all = new Map(more);
  for (const [id, row] of live) {
    const other = all.get(id);
    if (!other || other.epoch !== row.epoch || row.seq >= other.seq) all.set(id, row);
  }
  return all;
}
