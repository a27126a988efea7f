import type { TimelineItem } from "@gapless-chat/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWidget } from "../context";
import { oneLine } from "../text/names";
import { fullTime, timeOf } from "../text/times";
import type { Texts } from "../texts";
import { Avatar } from "./avatar";
import { Icon, type IconName } from "./icons";
import { RichText } from "./rich-text";

export interface MessageActions {
  reply: (item: TimelineItem) => void;
  edit: (item: TimelineItem) => void;
  remove: (item: TimelineItem) => void;
  retry: (item: TimelineItem) => void;
  discard: (item: TimelineItem) => void;
}

interface Props {
  item: TimelineItem;
  first: boolean;
  last: boolean;
  /** The newest of the visitor's own: its state stands there in words. */
  isNewest: boolean;
  quoted: TimelineItem | undefined;
  picture: string | undefined;
  isClosed: boolean;
  /** Whether the tab key comes to the tools of this message: to those of one message only. */
  isActive: boolean;
  actions: MessageActions;
  /** Goes to the message that another one answers. */
  onJump: (seq: number) => void;
}

export function Message({ item, first, last, isNewest, quoted, picture, isClosed, isActive, actions, onJump }: Props) {
  const { t } = useWidget();
  const [isAsking, setAsking] = useState(false);
  const name = item.mine ? t.you : oneLine(item.actor.name, 60) || t.support;
  const hasFailed = item.state === "failed" || item.error !== undefined;
  const edges = `${first ? "first" : ""} ${last ? "last" : ""}`;
  return (
    <li
      data-key={item.key}
      class={`message ${item.mine ? "mine" : "theirs"} ${edges} ${item.seq ? "" : "unsent"}`}
      id={item.seq ? `seq-${item.seq}` : undefined}
    >
      {!item.mine && <span class="side">{last && <Avatar name={item.actor.name} picture={picture} />}</span>}
      <div class="message-main">
        {first && !item.mine ? <p class="author">{name}</p> : <span class="hidden">{name}</span>}
        <div class="line">
          <div class={item.deleted ? "bubble gone" : "bubble"}>
            {item.replyTo !== undefined && !item.deleted && <Quote item={quoted} seq={item.replyTo} onJump={onJump} />}
            {item.deleted ? (
              t.deletedMessage
            ) : (
              <p class="body" dir="auto">
                <RichText text={item.body ?? ""} />
              </p>
            )}
          </div>
          {item.seq !== undefined && !item.deleted && !isAsking && (
            <Tools item={item} isClosed={isClosed} isActive={isActive} actions={actions} onRemove={() => setAsking(true)} />
          )}
        </div>
        {isAsking && <Question onYes={() => actions.remove(item)} onEnd={() => setAsking(false)} />}
        {hasFailed ? (
          <Failure item={item} actions={actions} />
        ) : (
          (last || isNewest || item.pending) && <Meta item={item} isNewest={isNewest} />
        )}
      </div>
    </li>
  );
}

function Quote({ item, seq, onJump }: { item: TimelineItem | undefined; seq: number; onJump: (seq: number) => void }) {
  const { t } = useWidget();
  const name = item?.mine ? t.you : oneLine(item?.actor.name, 60) || t.support;
  return (
    <button type="button" class="quote" title={t.quoted} onClick={() => onJump(seq)}>
      <b>{name}</b>
      <span dir="auto">{item ? (item.deleted ? t.deletedMessage : oneLine(item.body, 120)) : "…"}</span>
    </button>
  );
}

function Tools({
  item,
  isClosed,
  isActive,
  actions,
  onRemove,
}: Pick<Props, "item" | "isClosed" | "isActive" | "actions"> & { onRemove: () => void }) {
  const { t } = useWidget();
  const tool = (icon: IconName, label: string, onClick: () => void) => (
    <button type="button" class="tool" tabIndex={isActive ? 0 : -1} aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
  const canEdit = item.mine && !item.pending && !isClosed;
  const canRemove = item.mine && !item.pending;
  if (isClosed && !canRemove) return null;
  return (
    <div class="message-tools" role="toolbar" aria-label={t.actions}>
      {!isClosed && tool("reply", t.reply, () => actions.reply(item))}
      {canEdit && tool("edit", t.edit, () => actions.edit(item))}
      {canRemove && tool("trash", t.remove, onRemove)}
    </div>
  );
}

function Question({ onYes, onEnd }: { onYes: () => void; onEnd: () => void }) {
  const { t } = useWidget();
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  return (
    <div class="question" role="alertdialog" aria-label={t.removeQuestion}>
      <span>{t.removeQuestion}</span>
      <button
        type="button"
        class="text-button danger"
        ref={yes}
        onClick={() => {
          onEnd();
          onYes();
        }}
      >
        {t.remove}
      </button>
      <button type="button" class="text-button" onClick={onEnd}>
        {t.cancel}
      </button>
    </div>
  );
}

function Failure({ item, actions }: Pick<Props, "item" | "actions">) {
  const { t } = useWidget();
  return (
    <p class="meta failure">
      <Icon name="alert" />
      {t.notSent}
      <button type="button" class="text-button" onClick={() => actions.retry(item)}>
        {t.retry}
      </button>
      <button type="button" class="text-button" onClick={() => actions.discard(item)}>
        {t.discard}
      </button>
    </p>
  );
}

const marks: Readonly<Record<string, IconName>> = { sending: "clock", sent: "check", delivered: "checks", read: "checks" };

function Meta({ item, isNewest }: Pick<Props, "item" | "isNewest">) {
  const { t, locale } = useWidget();
  const state = item.mine ? stateText(item, t) : undefined;
  return (
    <p class={`meta ${item.state}`}>
      {item.edited && !item.deleted && <span>{t.edited} · </span>}
      <time dir="auto" dateTime={new Date(item.at).toISOString()} title={fullTime(item.at, locale)}>
        {timeOf(item.at, locale)}
      </time>
      {state && (
        <>
          <Icon name={item.pending ? "clock" : (marks[item.state] ?? "clock")} />
          <span class={isNewest ? "" : "hidden"}>{state}</span>
        </>
      )}
    </p>
  );
}

function stateText(item: TimelineItem, texts: Texts): string {
  if (item.pending) return texts.saving;
  return {
    sending: texts.sending,
    held: texts.sending,
    failed: texts.notSent,
    sent: texts.sent,
    delivered: texts.delivered,
    read: texts.read,
  }[item.state];
}
