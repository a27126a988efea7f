import type { ConversationState, TimelineItem } from "@gapless-chat/client";
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { useWidget } from "../context";
import { useScroll } from "../scroll";
import { dayOf } from "../text/times";
import { type Row, rowsOf } from "../timeline-rows";
import { Icon } from "./icons";
import { Message, type MessageActions } from "./message";

interface Props {
  conversation: ConversationState;
  actions: MessageActions;
  /** What comes after the newest line. */
  children: ComponentChildren;
}

export function Timeline({ conversation, actions, children }: Props) {
  const { t, locale, chat } = useWidget();
  const { items, hasOlder, loadingOlder, id } = conversation;
  const rows = useMemo(() => rowsOf(items, t), [items, t]);
  const bySeq = useMemo(() => new Map(items.map((item) => [item.seq, item])), [items]);
  const newest = items.findLast((item) => item.mine && item.type === "message" && !item.deleted)?.key;
  const pictures = useMemo(() => picturesOf(items), [items]);
  const loadOlder = () => void chat.loadOlder(id).catch(() => undefined);
  const scroll = useScroll(conversation, hasOlder && !loadingOlder ? loadOlder : undefined);
  const [active, setActive] = useState<string>();
  const activeKey = active ?? items.findLast((item) => item.type === "message" && !item.deleted)?.key;

  const draw = (row: Row) => {
    if (row.kind === "day") {
      return (
        <li class="day" key={row.key}>
          <span>{dayOf(row.at, Date.now(), locale)}</span>
        </li>
      );
    }
    if (row.kind === "line") {
      return (
        <li class="event" key={row.key} dir="auto">
          {row.text}
        </li>
      );
    }
    const { item } = row;
    return (
      <Message
        key={row.key}
        item={item}
        first={row.first}
        last={row.last}
        isNewest={item.key === newest}
        quoted={item.replyTo === undefined ? undefined : bySeq.get(item.replyTo)}
        picture={pictures.get(item.actor.id)}
        isClosed={conversation.status === "closed"}
        isActive={item.key === activeKey}
        actions={actions}
        onJump={scroll.jump}
      />
    );
  };

  const lines = useMemo(() => rows.map(draw), [rows, locale, actions, conversation.status, hasOlder, activeKey]);

  return (
    <div class="timeline-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <main class="timeline" ref={scroll.box} tabIndex={0} aria-label={t.title} onScroll={scroll.onScroll}>
        {hasOlder ? (
          <button type="button" class="older text-button" aria-disabled={loadingOlder} onClick={loadOlder}>
            {loadingOlder ? t.loadingOlder : t.older}
          </button>
        ) : (
          conversation.epoch > 0 && <p class="event">{t.beginning}</p>
        )}
        <ol class="lines" onKeyDown={moveByArrows} onFocusIn={(event) => setActive(keyOf(event.target))}>
          {lines}
        </ol>
        {children}
      </main>
      {scroll.isAway && (
        <button type="button" class="to-newest" onClick={scroll.toNewest}>
          <Icon name="down" />
          {t.showNew(scroll.missed)}
        </button>
      )}
    </div>
  );
}

const keyOf = (target: EventTarget | null) => (target as Element | null)?.closest<HTMLElement>(".message")?.dataset.key;

/** Up and down go from the tools of one message to those of the next, left and right along them. */
function moveByArrows(event: KeyboardEvent): void {
  const tools = (event.target as Element).closest(".message-tools");
  const step = steps[event.key];
  if (!tools || !step) return;
  const isAlong = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const all = [...(isAlong ? tools.children : document.querySelectorAll(".message-tools"))];
  const next = all[all.indexOf(isAlong ? (event.target as Element) : tools) + step];
  const target = isAlong ? next : next?.firstElementChild;
  if (target instanceof HTMLElement) target.focus();
  event.preventDefault();
}

const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/** Pictures of operators by the ids that they have in this conversation: messages carry no picture, assignments do. */
function picturesOf(items: readonly TimelineItem[]): ReadonlyMap<string | undefined, string | undefined> {
  return new Map(items.flatMap(({ data }) => (data?.assignee ? [[data.assignee.id, data.assignee.avatar] as const] : [])));
}
