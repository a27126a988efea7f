import type { TimelineItem } from "@gapless-chat/client";
import { TriangleAlert } from "lucide";
import type { JSX } from "preact";
import { takeBack } from "../state/actions";
import { chat } from "../state/chat";
import { visitorName } from "../state/names";
import type { OpenState } from "../state/types";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import { focusComposer } from "./focus";

const shownLines = 3;

/** A message that was not sent, because others wrote after what its author had seen: what they wrote, and the choice. */
export function Held({ state }: { state: OpenState }): JSX.Element | null {
  const item = state.items.find((one) => one.state === "held");
  return item ? <HeldCard item={item} state={state} /> : null;
}

function HeldCard({ item, state }: { item: TimelineItem; state: OpenState }): JSX.Element {
  const missing = (item.missing ?? []).filter((event) => event.data?.body);
  return (
    <section class="held" role="alert" aria-label={t("held.title", { n: missing.length })}>
      <p class="held-title">
        <Icon of={TriangleAlert} size={15} />
        <b>{t("held.title", { n: missing.length })}</b>
      </p>
      <ul>
        {missing.slice(-shownLines).map((event) => (
          <li key={event.seq} class="cut">
            <b>
              {event.actor?.kind === "visitor" && state.conversation
                ? visitorName(state.conversation.visitor)
                : event.actor?.name}
            </b>{" "}
            <bdi>{event.data?.body}</bdi>
          </li>
        ))}
      </ul>
      <p class="held-own">
        <b>{t("held.own")}</b> <bdi>{item.body}</bdi>
      </p>
      <div class="held-actions">
        <Button
          small
          look="quiet"
          onClick={() => {
            chat.discard(state.id, item.key);
            focusComposer();
          }}
        >
          {t("discard")}
        </Button>
        <Button
          small
          onClick={() => {
            takeBack(state.id, item);
            focusComposer();
          }}
        >
          {t("edit")}
        </Button>
        <Button small look="primary" onClick={() => chat.release(state.id, item.key)}>
          {t("held.send")}
        </Button>
      </div>
    </section>
  );
}
