import { Pencil, Reply } from "lucide";
import type { JSX } from "preact";
import { drafts, inboxes, myId, unreadOf, view } from "../state/chat";
import { now } from "../state/clock";
import { visitorName } from "../state/names";
import { pathOf } from "../state/route";
import type { ListRow } from "../state/types";
import { t } from "../texts";
import { shortTime, span } from "../texts/format";
import { Avatar } from "../ui/avatar";
import { Icon } from "../ui/icon";

const longWaitMs = 5 * 60_000;
const tooLongWaitMs = 15 * 60_000;
const tagsShown = 2;

export function Row({ row, top, isChosen }: { row: ListRow; top: number; isChosen: boolean }): JSX.Element {
  const name = visitorName(row.visitor);
  const unread = unreadOf(row);
  return (
    <li class="row-place" style={{ transform: `translateY(${top}px)` }}>
      <a
        class={`row${unread > 0 ? " unread" : ""}`}
        href={pathOf({ page: "work", view: view.value, conversation: row.conversationId })}
        aria-current={isChosen ? "true" : undefined}
        draggable={false}
      >
        <Avatar
          name={row.visitor.name}
          seed={row.visitor.id}
          size={32}
          dot={row.online ? "good" : "none"}
          dotLabel={row.online ? t("online") : undefined}
        />
        <span class="row-text">
          <span class="row-line">
            <bdi class="row-name cut">{name}</bdi>
            <Since row={row} />
          </span>
          <span class="row-line">
            <LastWords row={row} isChosen={isChosen} />
            {unread > 0 && (
              <span class="count">
                <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
                <span class="unseen">{t("unread", { n: unread })}</span>
              </span>
            )}
          </span>
          <Marks row={row} />
        </span>
      </a>
    </li>
  );
}

/** How long somebody waits, or when there was news. */
function Since({ row }: { row: ListRow }): JSX.Element {
  if (row.status === "snoozed" && row.snoozedUntil)
    return <time class="row-time muted">{shortTime(Date.parse(row.snoozedUntil), now.value)}</time>;
  if (!row.waitingSince || row.status === "closed")
    return <time class="row-time muted">{shortTime(Date.parse(row.lastAt), now.value)}</time>;
  const waited = now.value - Date.parse(row.waitingSince);
  const tone = waited > tooLongWaitMs ? "bad" : waited > longWaitMs ? "warn" : "muted";
  return (
    <time class={`row-time waits ${tone}`} title={t("waiting")}>
      <span class="unseen">{t("waiting")} </span>
      {span(waited)}
    </time>
  );
}

function LastWords({ row, isChosen }: { row: ListRow; isChosen: boolean }): JSX.Element {
  if (!isChosen && drafts.value.hasText(row.conversationId)) {
    return (
      <span class="row-last cut">
        <span class="row-draft">
          <Icon of={Pencil} size={11} /> {t("draft")}
        </span>{" "}
        {drafts.value.of(row.conversationId).text}
      </span>
    );
  }
  const last = row.lastMessage;
  const text = last ? (last.text ?? t("message.deleted")) : (row.topic ?? t("row.nothing"));
  return (
    <span class="row-last cut">
      {last?.side === "operator" && (
        <span class="row-answered">
          <Icon of={Reply} size={12} />
          <span class="unseen">{t("row.answered")}</span>
        </span>
      )}
      <bdi>{text}</bdi>
    </span>
  );
}

function Marks({ row }: { row: ListRow }): JSX.Element {
  const inbox = inboxes.value.length > 1 ? inboxes.value.find((one) => one.id === row.inboxId) : undefined;
  const holder = row.assignee && row.assignee.id !== myId.value ? row.assignee.name : row.team?.name;
  const tags = row.tags ?? [];
  return (
    <span class="row-line row-marks">
      {inbox && (
        <span class="row-inbox">
          <span class="inbox-mark" style={{ background: inbox.color ?? "var(--text-3)" }} />
          <span class="cut">{inbox.name}</span>
        </span>
      )}
      {row.topic && row.lastMessage && <bdi class="row-topic cut">{row.topic}</bdi>}
      {tags.slice(0, tagsShown).map((tag) => (
        <span key={tag} class="chip cut">
          {tag}
        </span>
      ))}
      {tags.length > tagsShown && <span class="chip">+{tags.length - tagsShown}</span>}
      {holder && <span class="row-holder cut">{holder}</span>}
    </span>
  );
}
