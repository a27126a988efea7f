import type { TimelineItem } from "@gapless-chat/client";
import { type Composer, useComposer, useConversation, useReading } from "@gapless-chat/react";
import type { FormEvent, ReactElement } from "react";
import { t } from "./texts.ts";

interface TalkProps {
  conversation: string | undefined;
  onOpened: (conversation: string) => void;
}

export function Talk({ conversation, onOpened }: TalkProps): ReactElement {
  const composer = useComposer(conversation, { open: { page: location.href } });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const sentTo = composer.send();
    if (sentTo !== undefined && conversation === undefined) onOpened(sentTo);
  };
  return (
    <section>
      {conversation !== undefined && <Timeline conversation={conversation} composer={composer} />}
      <form onSubmit={send}>
        <label>
          {t.message}
          <textarea value={composer.text} onChange={(event) => composer.setText(event.target.value)} />
        </label>
        <button type="submit" disabled={!composer.canSend}>
          {composer.editing === undefined ? t.send : t.save}
        </button>
        {composer.editing !== undefined && (
          <button type="button" onClick={composer.cancel}>
            {t.cancel}
          </button>
        )}
      </form>
    </section>
  );
}

function Timeline({ conversation, composer }: { conversation: string; composer: Composer }): ReactElement {
  const { state, items, retry, loadOlder } = useConversation(conversation);
  useReading(conversation);
  return (
    <>
      {state?.hasOlder && (
        <button type="button" disabled={state.loadingOlder} onClick={() => void loadOlder()}>
          {t.older}
        </button>
      )}
      <ol className="timeline">
        {items
          .filter((item) => item.type === "message")
          .map((item) => (
            <Message key={item.key} item={item} composer={composer} retry={retry} />
          ))}
      </ol>
      {(state?.typing.length ?? 0) > 0 && <p role="status">{t.types}</p>}
    </>
  );
}

function Message({
  item,
  composer,
  retry,
}: {
  item: TimelineItem;
  composer: Composer;
  retry: (key: string) => void;
}): ReactElement {
  const { key, mine, deleted, body, state, error, actor } = item;
  return (
    <li className={mine ? "mine" : "theirs"}>
      <strong>{mine ? t.you : (actor.name ?? t.us)}</strong>
      <p>{deleted ? t.gone : body}</p>
      {mine && <small>{t.states[state]}</small>}
      {mine && state !== "failed" && item.seq !== undefined && !deleted && (
        <button type="button" onClick={() => composer.edit(item)}>
          {t.edit}
        </button>
      )}
      {error !== undefined && (
        <span role="alert">
          {error}{" "}
          <button type="button" onClick={() => retry(key)}>
            {t.retry}
          </button>{" "}
          <button type="button" onClick={() => composer.takeBack(key)}>
            {t.takeBack}
          </button>
        </span>
      )}
    </li>
  );
}
