import type { TimelineItem } from "@gapless-chat/client";
import { startOfDay } from "../texts/format";

/** One line of the drawn timeline. */
export type Line =
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: string }
  | { kind: "message"; key: string; item: TimelineItem; isFirst: boolean; isLast: boolean }
  | { kind: "notice"; key: string; item: TimelineItem };

const togetherMs = 4 * 60_000;

export function isText(item: TimelineItem): boolean {
  return item.type === "message" || item.type === "note";
}

/**
 * Items with the days between them, the mark before what is unread, and neighbours of one author put together. While there are older ones the first
 * item only says what stands before the second: no line changes its heading or its key when they come, and what one reads keeps its place.
 */
export function linesOf(items: readonly TimelineItem[], readSeq: number | undefined, hasOlder = false): Line[] {
  const out: Line[] = [];
  let day = Number.NaN;
  let before: TimelineItem | undefined;
  // Whoever has answered has read what stood before his answer.
  const read = Math.max(readSeq ?? 0, ...items.map((item) => (item.mine && isText(item) ? (item.seq ?? 0) : 0)));
  let isMarked = readSeq === undefined;
  for (const item of items) {
    const itsDay = startOfDay(item.at);
    if (itsDay !== day) {
      out.push({ kind: "day", key: `day:${itsDay}:${item.key}`, at: item.at });
      day = itsDay;
      before = undefined;
    }
    if (!isMarked && isText(item) && !item.mine && (item.seq ?? 0) > read) {
      out.push({ kind: "unread", key: "unread" });
      isMarked = true;
      before = undefined;
    }
    out.push(isText(item) ? messageLine(item, before, out) : { kind: "notice", key: item.key, item });
    before = isText(item) ? item : undefined;
    if (hasOlder && item === items[0] && items.length > 1) out.length = 0;
  }
  return out;
}

function messageLine(item: TimelineItem, before: TimelineItem | undefined, out: Line[]): Line {
  const isFirst = before === undefined || !areTogether(before, item);
  const last = out.at(-1);
  if (!isFirst && last?.kind === "message") out[out.length - 1] = { ...last, isLast: false };
  return { kind: "message", key: item.key, item, isFirst, isLast: true };
}

function areTogether(a: TimelineItem, b: TimelineItem): boolean {
  return a.type === b.type && a.actor.kind === b.actor.kind && a.actor.id === b.actor.id && b.at - a.at < togetherMs;
}
