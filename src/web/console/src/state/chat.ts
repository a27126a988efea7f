import { createOperatorChat } from "@chat/client";
import { computed, signal } from "@preact/signals";
import { Drafts } from "./drafts";
import { countsOf, type Filter, listOf } from "./lists";
import { mirror } from "./mirror";
import { route } from "./route";
import type { InboxFace, ListRow } from "./types";

export const chat = createOperatorChat({ url: location.origin });

export const connection = mirror(chat.connection);
export const me = mirror(chat.me);
export const rows = mirror(chat.rows);
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
export const counts = computed(() => countsOf(rows.value.values(), myId.value));
