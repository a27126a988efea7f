import type { ConversationState, TimelineItem } from "@gapless-chat/client";
import { useMemo, useState } from "preact/hooks";
import { useWidget } from "../context";
import { draftOf, keepDraft } from "../preferences";
import { oneLine } from "../text/names";
import { localText } from "../texts";
import { isRatingDue } from "../timeline-rows";
import { Avatar } from "./avatar";
import { Banner } from "./banner";
import { Composer } from "./composer";
import { Header } from "./header";
import { Icon } from "./icons";
import { later } from "./later";
import type { MessageActions } from "./message";
import { Queue } from "./queue";
import { Timeline } from "./timeline";
import { Tools } from "./tools";
import { Typing } from "./typing";

const Rating = later(async () => (await import("./rating")).Rating);

/** What the composer is about to change or answer. */
type Mode = { readonly name: "reply" | "edit"; readonly item: TimelineItem };

export function Conversation({ conversation }: { conversation: ConversationState }) {
  const state = useWidget();
  const { chat } = state;
  const { t } = state;
  const { id, status, items } = conversation;
  const [text, setText] = useState(() => draftOf(id));
  const [mode, setMode] = useState<Mode>();
  const [notice, setNotice] = useState<string>();
  const refused = () => setNotice(t.refused);

  const write = (next: string) => {
    setText(next);
    if (mode?.name === "edit") return;
    keepDraft(id, next);
    if (next) chat.typing(id, next);
  };
  const leaveMode = () => {
    if (mode?.name === "edit") setText(draftOf(id));
    setMode(undefined);
  };
  const send = (body: string) => {
    const seq = mode?.item.seq;
    if (mode?.name === "edit" && seq !== undefined) {
      if (body !== mode.item.body) chat.edit(id, seq, body);
      return leaveMode();
    }
    chat.send(id, body, seq === undefined ? {} : { replyTo: seq });
    keepDraft(id, "");
    setText("");
    setMode(undefined);
  };
  const edit = (item: TimelineItem) => {
    setMode({ name: "edit", item });
    setText(item.body ?? "");
  };
  const actions = useMemo<MessageActions>(
    () => ({
      reply: (item) => setMode({ name: "reply", item }),
      edit,
      remove: (item) => item.seq !== undefined && chat.remove(id, item.seq),
      retry: (item) => chat.retry(id, item.key),
      discard: (item) => {
        const back = chat.discard(id, item.key);
        if (item.seq !== undefined) return;
        if (!draftOf(id)) keepDraft(id, back ?? "");
        setText((current) => current || draftOf(id));
      },
    }),
    [id],
  );
  const lastOwn = items.findLast((item) => item.type === "message" && item.mine && item.seq !== undefined && !item.deleted);
  const lost = items.find((item) => item.state === "failed" && item.error === "closed");
  const unopened = items.find((item) => item.state === "failed" && item.error === "too_many_open");
  const goToOthers = () => {
    if (unopened) keepDraft("start", chat.discard(id, unopened.key) ?? "");
    state.show({ name: "list" });
  };
  const startAnew = () => {
    if (lost) keepDraft("start", chat.discard(id, lost.key) ?? "");
    state.show({ name: "start" });
  };

  return (
    <div class="screen">
      <Header
        onBack={() => state.show({ name: "list" })}
        tools={<Tools conversation={conversation} onEnd={() => void chat.close(id).catch(refused)} onFailure={setNotice} />}
      >
        <Who conversation={conversation} />
      </Header>
      <Banner notice={notice} onNotice={setNotice} />
      <Timeline conversation={conversation} actions={actions}>
        {status === "queued" && !unopened && <Queue position={conversation.queuePosition} />}
        <Typing who={conversation.typing} />
        {isRatingDue(items, status) && (
          <Rating key={id} onRate={(score, comment) => chat.rate(id, score, comment)} onFailure={refused} />
        )}
        {unopened && (
          <div class="ended">
            <p>{t.tooManyOpen}</p>
            <button type="button" class="button primary" onClick={goToOthers}>
              {t.conversations}
            </button>
          </div>
        )}
        {status === "closed" && (
          <div class="ended">
            <p>{lost ? t.closedForGood : t.closedHint}</p>
            <button type="button" class={lost ? "button primary" : "button"} onClick={startAnew}>
              {t.writeNew}
            </button>
          </div>
        )}
      </Timeline>
      <Composer
        text={text}
        onText={write}
        onSend={send}
        submitLabel={mode?.name === "edit" ? t.save : undefined}
        focusKey={mode}
        onEscape={mode && leaveMode}
        onUp={lastOwn && status !== "closed" ? () => edit(lastOwn) : undefined}
        about={mode && <About mode={mode} onEnd={leaveMode} />}
      />
    </div>
  );
}

function Who({ conversation }: { conversation: ConversationState }) {
  const { t, settings, locale } = useWidget();
  const assignee = conversation.conversation?.assignee;
  const online = assignee ? conversation.online : settings?.online;
  const title = localText(settings?.appearance.title, locale) ?? settings?.name ?? t.support;
  const subtitle = assignee ? (online ? t.online : t.away) : online ? t.weAreOnline : t.weAreAway;
  return (
    <div class="who">
      <Avatar name={assignee?.name} picture={assignee?.avatar ?? settings?.appearance.logo} online={online} />
      <div class="who-text">
        <h1 dir="auto">{oneLine(assignee?.name, 60) || title}</h1>
        {online !== undefined && <p>{subtitle}</p>}
      </div>
    </div>
  );
}

function About({ mode, onEnd }: { mode: Mode; onEnd: () => void }) {
  const { t } = useWidget();
  const { item, name } = mode;
  const author = item.mine ? t.you : oneLine(item.actor.name, 60) || t.support;
  return (
    <div class="about">
      <Icon name={name} />
      <div>
        <b>{name === "edit" ? t.editing : t.replyTo(author)}</b>
        <span dir="auto">{oneLine(item.body, 120)}</span>
      </div>
      <button type="button" class="icon-button" aria-label={t.cancel} onClick={onEnd}>
        <Icon name="close" />
      </button>
    </div>
  );
}
