import type { ConversationState } from "@gapless-chat/client";
import { MessagesSquare } from "lucide";
import type { JSX } from "preact";
import { Composer } from "../composer/composer";
import { chosen, chosenId, counts } from "../state/chat";
import type { OpenState } from "../state/types";
import { t } from "../texts";
import { Timeline } from "../timeline/timeline";
import { Empty } from "../ui/empty";
import { ClosedBar } from "./closed-bar";
import { Header } from "./header";
import "./conversation.css";

export function isHere(state: ConversationState | undefined): state is OpenState {
  return state?.conversation !== undefined;
}

/** The middle: who it is, what was said, what to answer. */
export function ConversationPane(): JSX.Element {
  const state = chosen.value;
  if (chosenId.value === undefined) {
    return (
      <main class="conversation" id="conversation">
        <Empty icon={MessagesSquare} title={t("empty.conversation")}>
          {counts.value.queue > 0 ? t("empty.conversation.queue", { n: counts.value.queue }) : t("empty.conversation.more")}
        </Empty>
      </main>
    );
  }
  if (!isHere(state)) {
    return (
      <main class="conversation" id="conversation" aria-busy="true">
        <div class="ghost-bar" />
        <div class="ghost">
          <i />
          <i />
          <i />
        </div>
      </main>
    );
  }
  return (
    <main class="conversation" id="conversation" aria-label={t("conversation")}>
      <Header state={state} />
      <Timeline key={`${state.id} ${state.epoch}`} state={state} />
      {state.status === "closed" ? <ClosedBar id={state.id} /> : <Composer key={state.id} state={state} />}
    </main>
  );
}
