import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { chosenId, list, view } from "../state/chat";
import { loadClosed } from "../state/closed";
import { t } from "../texts";
import { useVirtual } from "../ui/virtual";
import { Row } from "./row";

const rowHeight = 74;

/** The lines that are in sight; a list of thousands costs as much as one of twenty. */
export function RowList(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = list.value;
  const virtual = useVirtual({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.conversationId ?? index,
    overscan: 4,
  });
  const id = chosenId.value;
  const at = rows.findIndex((row) => row.conversationId === id);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [id]);
  const inSight = virtual.getVirtualItems();
  const last = inSight.at(-1)?.index ?? 0;
  useEffect(() => {
    if (view.value === "closed" && last >= rows.length - 10) void loadClosed(false);
  }, [last, rows.length]);
  return (
    <div ref={scroller} class="rows" tabIndex={-1}>
      <ul class="rows-all" style={{ height: `${virtual.getTotalSize()}px` }} aria-label={t("conversations")}>
        {inSight.map((item) => {
          const row = rows[item.index];
          return row && <Row key={row.conversationId} row={row} top={item.start} isChosen={row.conversationId === id} />;
        })}
      </ul>
    </div>
  );
}
