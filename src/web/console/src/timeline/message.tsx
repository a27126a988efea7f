import type { TimelineItem } from "@gapless-chat/client";
import { Lock } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { visitorName } from "../state/names";
import type { OpenState } from "../state/types";
import { t } from "../texts";
import { clockTime, dayAndTime } from "../texts/format";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";
import { LinkedText } from "../ui/linked-text";
import type { Line } from "./lines";
import { MessageActions } from "./message-actions";
import { SendState, shownState } from "./send-state";

const foldAt = 800;
/** A few emoji and nothing else are shown large. */
const onlyEmoji = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u200d|\ufe0f){1,12}$/u;

type Place = "theirs" | "ours" | "note";

function placeOf(item: TimelineItem): Place {
  if (item.type === "note") return "note";
  return item.actor.kind === "visitor" ? "theirs" : "ours";
}

export function authorOf(item: TimelineItem, state: OpenState): string {
  if (item.actor.kind === "visitor") return visitorName(state.conversation.visitor);
  return item.actor.name ?? t("operator");
}

/** A message or note with its author, quote, text and state. */
export function Message({ line, state }: { line: Line & { kind: "message" }; state: OpenState }): JSX.Element {
  const { item, isFirst, isLast } = line;
  const place = placeOf(item);
  const author = authorOf(item, state);
  return (
    <article
      class={`message ${place}${isFirst ? " first" : ""}${isLast ? " last" : ""} is-${shownState(item)}`}
      aria-label={author}
    >
      <span class="message-face">
        {isLast && place !== "ours" && (
          <Avatar name={place === "theirs" ? state.conversation.visitor.name : author} seed={item.actor.id} size={26} />
        )}
      </span>
      <div class="message-column">
        {isFirst && (
          <p class="message-author">
            {place === "note" && <Icon of={Lock} size={11} />}
            <bdi>{item.mine ? t("you") : author}</bdi>
            {place === "note" && <span>· {t("note.label")}</span>}
          </p>
        )}
        <div class="bubble">
          {item.replyTo !== undefined && <Quote seq={item.replyTo} state={state} />}
          <Body item={item} />
          <span class="message-foot">
            {item.edited && !item.deleted && <span>{t("edited")}</span>}
            <time dateTime={new Date(item.at).toISOString()} title={dayAndTime(item.at)}>
              {clockTime(item.at)}
            </time>
            {item.mine && item.type === "message" && <SendState item={item} />}
          </span>
        </div>
        <MessageActions item={item} state={state} />
      </div>
    </article>
  );
}

/** Long texts show their beginning, so that one message does not take the whole screen. */
function Body({ item }: { item: TimelineItem }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  if (item.deleted) return <p class="message-body gone">{t(item.type === "note" ? "note.deleted" : "message.deleted")}</p>;
  const body = item.body ?? "";
  const isFolded = body.length > foldAt && !isWhole;
  return (
    <>
      <p class={`message-body${isFolded ? " folded" : ""}${onlyEmoji.test(body) ? " large" : ""}`} dir="auto">
        <LinkedText text={isFolded ? body.slice(0, foldAt) : body} />
      </p>
      {body.length > foldAt && (
        <button type="button" class="fold" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {t(isWhole ? "show.less" : "show.more")}
        </button>
      )}
    </>
  );
}

function Quote({ seq, state }: { seq: number; state: OpenState }): JSX.Element {
  const target = state.items.find((item) => item.seq === seq);
  return (
    <blockquote class="quote">
      <b class="cut">{target ? authorOf(target, state) : t("quote.older")}</b>
      <span class="cut">{target ? (target.body ?? t("message.deleted")) : `#${seq}`}</span>
    </blockquote>
  );
}
