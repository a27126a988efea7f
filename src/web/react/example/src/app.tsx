import { useConnection, useConversations, useUnread } from "@gapless-chat/react";
import { type ReactElement, useState } from "react";
import { Talk } from "./talk.tsx";
import { t } from "./texts.ts";

type Place = { at: "list" } | { at: "talk"; conversation: string | undefined };

export function App(): ReactElement {
  const [place, setPlace] = useState<Place>({ at: "list" });
  const unread = useUnread();
  const { status } = useConnection();
  const talk = (conversation: string | undefined) => setPlace({ at: "talk", conversation });
  return (
    <main>
      <header>
        <h1>{t.title}</h1>
        {unread > 0 && <output className="badge">{unread}</output>}
        <small>{t.connection[status]}</small>
      </header>
      {place.at === "list" ? (
        <List onOpen={talk} />
      ) : (
        <>
          <button type="button" onClick={() => setPlace({ at: "list" })}>
            {t.back}
          </button>
          <Talk conversation={place.conversation} onOpened={talk} />
        </>
      )}
    </main>
  );
}

function List({ onOpen }: { onOpen: (conversation: string | undefined) => void }): ReactElement {
  const conversations = useConversations();
  return (
    <>
      <ul className="list">
        {conversations.map(({ id, items, unread }) => (
          <li key={id}>
            <button type="button" onClick={() => onOpen(id)}>
              {items.findLast((item) => item.body !== undefined)?.body ?? "…"}
              {unread > 0 && <b>{unread}</b>}
            </button>
          </li>
        ))}
      </ul>
      {conversations.length === 0 && <p>{t.nothing}</p>}
      <button type="button" onClick={() => onOpen(undefined)}>
        {t.start}
      </button>
    </>
  );
}
