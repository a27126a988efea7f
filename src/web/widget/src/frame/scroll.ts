import type { ConversationState } from "@gapless-chat/client";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const nearPx = 80;

/** Keeps a timeline at its newest line while the visitor is there, and at the line he reads when earlier ones come in above it. */
export function useScroll({ id, items, typing }: ConversationState, loadOlder: (() => void) | undefined) {
  const box = useRef<HTMLElement>(null);
  const [isAway, setAway] = useState(false);
  const [seen, setSeen] = useState(0);
  const last = useRef({ id: "", first: "", height: 0, atEnd: true });
  const newest = items.at(-1);
  const end = newest?.seq ?? 0;

  const toNewest = () => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const before = last.current;
    const first = items[0]?.key ?? "";
    const isOwn = newest?.mine && newest.seq === undefined;
    if (before.id !== id || before.atEnd || isOwn) toNewest();
    else if (before.first !== first) element.scrollTop += element.scrollHeight - before.height;
    last.current = { id, first, height: element.scrollHeight, atEnd: isAtEnd(element) };
  }, [id, items, typing.length]);

  // What grows later (a rating that is begun, a composer of three lines) keeps the end in sight too.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => last.current.atEnd && toNewest());
    for (const one of [element, ...element.children]) observer.observe(one);
    return () => observer.disconnect();
  });

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const atEnd = isAtEnd(element);
    last.current.atEnd = atEnd;
    last.current.height = element.scrollHeight;
    if (atEnd) setSeen(end);
    else if (!isAway) setSeen(end);
    setAway(!atEnd);
    if (element.scrollTop < nearPx) loadOlder?.();
  };

  const jump = (seq: number) => {
    const target = document.getElementById(`seq-${seq}`);
    if (!target) return loadOlder?.();
    target.scrollIntoView({ block: "center" });
    target.classList.remove("flash");
    void target.offsetWidth;
    target.classList.add("flash");
  };

  const missed = items.filter((item) => !item.mine && item.type === "message" && (item.seq ?? 0) > seen).length;
  return { box, isAway, missed, toNewest, onScroll, jump };
}

const isAtEnd = (element: HTMLElement) => element.scrollHeight - element.scrollTop - element.clientHeight < nearPx;
