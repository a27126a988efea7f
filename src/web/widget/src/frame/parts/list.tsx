import type { ConversationState } from "@gapless-chat/client";
import { useWidget } from "../context";
import { oneLine } from "../text/names";
import { shortTime } from "../text/times";
import { lineOf } from "../timeline-rows";
import { Avatar } from "./avatar";
import { Header } from "./header";
import { Icon } from "./icons";
import { Tools } from "./tools";

export function List() {
  const state = useWidget();
  const { t } = state;
  return (
    <div class="screen">
      <Header tools={<Tools />}>
        <h1>{t.conversations}</h1>
      </Header>
      <main class="list">
        <ul>
          {state.conversations.map((one) => (
            <Entry key={one.id} conversation={one} />
          ))}
        </ul>
      </main>
      <footer class="list-foot">
        <button type="button" class="button primary" onClick={() => state.show({ name: "start" })}>
          <Icon name="plus" />
          {t.newConversation}
        </button>
      </footer>
    </div>
  );
}

function Entry({ conversation }: { conversation: ConversationState }) {
  const state = useWidget();
  const { t } = state;
  const { id, items, unread } = conversation;
  const assignee = conversation.conversation?.assignee;
  const last = items.findLast((item) => item.type === "message" || lineOf(item, t));
  const said = last?.deleted ? t.deletedMessage : oneLine(last?.body, 90);
  const text = last?.type !== "message" ? last && lineOf(last, t) : last.mine ? t.youSaid(said) : said;
  return (
    <li>
      <button type="button" class={unread ? "entry new" : "entry"} onClick={() => state.show({ name: "conversation", id })}>
        <Avatar name={assignee?.name} picture={assignee?.avatar} />
        <span class="entry-text">
          <b dir="auto">{oneLine(assignee?.name, 60) || t.support}</b>
          <span dir="auto">{text ?? t.noMessages}</span>
        </span>
        <span class="entry-side">
          {last && <time dateTime={new Date(last.at).toISOString()}>{shortTime(last.at, Date.now(), state.locale)}</time>}
          {unread > 0 && (
            <span class="count">
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span class="hidden">{t.unread(unread)}</span>
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
