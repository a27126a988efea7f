import type { ConversationState, TimelineItem } from "@gapless-chat/client";
import { oneLine } from "./text/names";
import { isSameDay } from "./text/times";
import type { Texts } from "./texts/index";

export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "line"; readonly key: string; readonly text: string; readonly at: number }
  | {
      readonly kind: "message";
      readonly key: string;
      readonly item: TimelineItem;
      readonly first: boolean;
      readonly last: boolean;
    };

const groupMs = 5 * 60_000;

/** The lines of a timeline: days, what happened, and messages in groups of one author. Events that mean nothing to a visitor give no line. */
export function rowsOf(items: readonly TimelineItem[], texts: Texts): readonly Row[] {
  const rows: Row[] = [];
  let previous: TimelineItem | undefined;
  let day: number | undefined;
  for (const item of items) {
    const text = item.type === "message" ? undefined : lineOf(item, texts);
    if (item.type !== "message" && !text) continue;
    if (day === undefined || !isSameDay(day, item.at)) {
      rows.push({ kind: "day", key: `day:${item.key}`, at: item.at });
      previous = undefined;
    }
    day = item.at;
    if (text) {
      rows.push({ kind: "line", key: item.key, text, at: item.at });
      previous = undefined;
      continue;
    }
    const first = !previous || !isOneGroup(previous, item);
    const before = rows.at(-1);
    if (!first && before?.kind === "message") rows[rows.length - 1] = { ...before, last: false };
    rows.push({ kind: "message", key: item.key, item, first, last: true });
    previous = item;
  }
  return rows;
}

function isOneGroup(one: TimelineItem, next: TimelineItem): boolean {
  const sameAuthor = one.mine === next.mine && one.actor.kind === next.actor.kind && (one.mine || one.actor.id === next.actor.id);
  return sameAuthor && Math.abs(next.at - one.at) < groupMs && one.state !== "failed";
}

/** What an event that is no message says to a visitor. */
export function lineOf(item: TimelineItem, texts: Texts): string | undefined {
  const data = (item.data ?? {}) as Record<string, unknown>;
  if (item.type === "assigned") {
    const assignee = data.assignee as { name?: string } | undefined;
    return assignee ? texts.joined(oneLine(assignee.name, 60) || texts.support) : texts.requeued;
  }
  if (item.type === "status") {
    if (data.status === "closed") return texts.closed;
    return data.previousStatus === "closed" ? texts.reopened : undefined;
  }
  if (item.type === "rated") return texts.rated(Number(data.score));
  if (item.type === "system" && data.code === "offline") return texts.offlineNotice;
  return undefined;
}

/** Whether to ask how it was: closed, somebody had answered, and not rated since. */
export function isRatingDue(items: readonly TimelineItem[], status: string): boolean {
  if (status !== "closed" || !items.some((item) => item.type === "message" && !item.mine)) return false;
  const closed = items.findLastIndex((item) => item.type === "status");
  return !items.slice(closed + 1).some((item) => item.type === "rated");
}

const rateMs = 24 * 3_600_000;

export const lastAt = (one: ConversationState): number => one.items.at(-1)?.at ?? Date.parse(one.conversation?.lastAt ?? "1970");

/** Worth coming back to: nobody has been asked yet how it was. */
export const isJustClosed = (one: ConversationState): boolean =>
  isRatingDue(one.items, one.status) && Date.now() - lastAt(one) < rateMs;
