import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "../state/actions";
import { api } from "../state/api";
import { view } from "../state/chat";
import { now } from "../state/clock";
import { pathOf } from "../state/route";
import type { ConversationList } from "../state/types";
import { type TextKey, t } from "../texts";
import { shortTime } from "../texts/format";

type Found = ConversationList["rows"];

/** The visitor's other conversations, newest first. */
export function Earlier({ visitorId, currentId }: { visitorId: string; currentId: string }): JSX.Element {
  const [found, setFound] = useState<Found>();
  useEffect(() => {
    let isGone = false;
    void attempt(async () => {
      const page = await api<ConversationList>("GET", `/conversations?visitor=${visitorId}&limit=20`);
      if (!isGone) setFound(page.rows);
    });
    return () => {
      isGone = true;
    };
  }, [visitorId]);
  const others = (found ?? []).filter(({ row }) => row.conversationId !== currentId);
  if (others.length === 0) return <p class="muted">{found ? t("earlier.none") : t("loading")}</p>;
  return (
    <ul class="earlier">
      {others.map(({ row }) => (
        <li key={row.conversationId}>
          <a href={pathOf({ page: "work", view: view.value, conversation: row.conversationId })}>
            <span class="cut">{row.topic ?? row.lastMessage?.text ?? t("row.nothing")}</span>
            <span class="muted">
              {t(`status.short.${row.status}` as TextKey)} · {shortTime(Date.parse(row.lastAt), now.value)}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
