import { type AssignTo, ChatError, type TimelineItem } from "@gapless-chat/client";
import { languages, type TextKey, t } from "../texts";
import { chat, conversations, drafts, list, view } from "./chat";
import type { Mode } from "./drafts";
import { neighbour } from "./lists";
import { goTo } from "./route";
import { toast } from "./toasts";
import type { ConversationStatus } from "./types";

/** What an operator does to a conversation: each tells a refusal in his language and never throws. */
export const actions = {
  claim: (id: string) => attempt(() => chat.claim(id)),
  assign: (id: string, to: AssignTo) => attempt(() => chat.assign(id, to)),
  transfer: (id: string, to: AssignTo, text: string) => attempt(() => chat.transfer(id, to, text)),
  tag: (id: string, change: { add?: string[]; remove?: string[] }) => attempt(() => chat.tag(id, change)),
  setStatus: (id: string, status: ConversationStatus, snoozeUntil?: Date) =>
    attempt(() => chat.setStatus(id, status, snoozeUntil ? { snoozeUntil } : {})),

  async close(id: string): Promise<void> {
    const next = nextAfter(id);
    if (!(await actions.setStatus(id, "closed"))) return;
    toast("good", t("done.closed"), { label: t("reopen"), run: () => void actions.reopen(id) });
    if (next !== undefined) goTo({ page: "work", view: view.value, conversation: next });
  },

  async snooze(id: string, until: Date): Promise<void> {
    const next = nextAfter(id);
    if ((await actions.setStatus(id, "snoozed", until)) && next !== undefined)
      goTo({ page: "work", view: view.value, conversation: next });
  },

  /** Back to work: with its operator where one has it, else to the queue. */
  async reopen(id: string): Promise<boolean> {
    const hasOperator = conversations.value.get(id)?.conversation?.assignee !== undefined;
    return await actions.setStatus(id, hasOperator ? "open" : "queued");
  },

  copy: (text: string) => attempt(() => navigator.clipboard.writeText(text)),
};

export const modeOf = (item: TimelineItem): Mode => (item.type === "note" ? "note" : "reply");

/** Puts another text for one's own message into the composer. */
export function beginEdit(id: string, item: TimelineItem, text = item.body ?? ""): void {
  if (item.seq !== undefined) drafts.value.change(id, { edit: { seq: item.seq, text, mode: modeOf(item) } });
}

/** Takes a text that was not sent back into the composer. */
export function takeBack(id: string, item: TimelineItem): void {
  const text = chat.discard(id, item.key) ?? "";
  if (item.seq === undefined) drafts.value.giveBack(id, { text, mode: modeOf(item), replyTo: item.replyTo });
  else beginEdit(id, item, text);
}

export async function attempt(run: () => unknown): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    toast("bad", describe(error));
    return false;
  }
}

export function describe(error: unknown): string {
  return describeCode(error instanceof ChatError ? error.code : undefined);
}

export function describeCode(code: string | undefined): string {
  const key = `error.${code}`;
  return t(key in languages.en ? (key as TextKey) : "error.internal");
}

/** Where to go when a conversation leaves the list: the line below it, at the end the one above. */
function nextAfter(id: string): string | undefined {
  const rows = list.value;
  const next = neighbour(rows, id, 1);
  const other = next?.conversationId === id ? neighbour(rows, id, -1) : next;
  return other?.conversationId === id ? undefined : other?.conversationId;
}
