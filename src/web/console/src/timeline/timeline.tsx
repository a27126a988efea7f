import { ArrowDown } from "lucide";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { attempt } from "../state/actions";
import { chat } from "../state/chat";
import type { OpenState } from "../state/types";
import { locale, t } from "../texts";
import { Button } from "../ui/button";
import { useVirtual } from "../ui/virtual";
import { LineView } from "./line-view";
import { linesOf } from "./lines";
import { useReading } from "./reading";
import { Typing } from "./typing";
import "./timeline.css";
import "./messages.css";

const nearTopPx = 400;
const guess = { day: 40, unread: 34, notice: 28, message: 62 };

/** The conversation's lines, only those in sight in the page; it stays at the end while one is there. */
export function Timeline({ state }: { state: OpenState }): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const readSeq = useReading(state);
  // The language changes what lines say, and so their heights.
  const lines = useMemo(
    () => linesOf(state.items, readSeq, state.hasOlder),
    [state.items, readSeq, state.hasOlder, locale.value],
  );
  const virtual = useVirtual({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => guess[lines[index]?.kind ?? "message"],
    getItemKey: (index) => lines[index]?.key ?? index,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: 80,
    overscan: 8,
    paddingEnd: 12,
    paddingStart: 12,
  });
  useLayoutEffect(() => virtual.scrollToEnd(), [virtual]);
  const first = virtual.getVirtualItems()[0];
  const isNearTop = first !== undefined && first.start < nearTopPx;
  useEffect(() => {
    if (isNearTop && state.hasOlder && !state.loadingOlder) void attempt(() => chat.loadOlder(state.id));
  }, [isNearTop, state.hasOlder, state.loadingOlder, state.id]);
  const isAtEnd = virtual.isAtEnd(200);
  return (
    <div class="timeline-place">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <div ref={scroller} class="timeline" tabIndex={0} role="log" aria-label={t("timeline")}>
        <div class="timeline-all" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return (
              line && (
                <div
                  key={line.key}
                  data-index={item.index}
                  ref={virtual.measureElement}
                  class="line"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LineView line={line} state={state} />
                </div>
              )
            );
          })}
        </div>
        {state.loadingOlder && <p class="older">{t("loading")}</p>}
      </div>
      {!isAtEnd && <ToEnd unread={state.unread} onClick={() => virtual.scrollToEnd()} />}
      <Typing state={state} />
    </div>
  );
}

function ToEnd({ unread, onClick }: { unread: number; onClick: () => void }): JSX.Element {
  return (
    <div class="to-end">
      <Button icon={ArrowDown} small onClick={onClick}>
        {unread > 0 ? t("unread", { n: unread }) : t("to.end")}
      </Button>
    </div>
  );
}
