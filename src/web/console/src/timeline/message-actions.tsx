import type { TimelineItem } from "@gapless-chat/client";
import { Copy, Pencil, Reply, RotateCcw, Trash2 } from "lucide";
import type { JSX } from "preact";
import { focusComposer } from "../composer/focus";
import { actions, attempt, beginEdit, describeCode, modeOf, takeBack } from "../state/actions";
import { chat, drafts, isSupervisor } from "../state/chat";
import type { OpenState } from "../state/types";
import { t } from "../texts";
import { Button } from "../ui/button";
import { shownState } from "./send-state";

/** What can be done with a message; what failed offers its way out at once, the rest shows when the message has the pointer or the focus. */
export function MessageActions({ item, state }: { item: TimelineItem; state: OpenState }): JSX.Element | null {
  if (shownState(item) === "failed") return <Failed item={item} id={state.id} />;
  if (item.seq === undefined || item.deleted) return null;
  const seq = item.seq;
  const isOpen = state.conversation.status !== "closed";
  return (
    <div class="message-actions">
      {isOpen && (
        <Button
          icon={Reply}
          small
          look="quiet"
          label={t("reply.to")}
          onClick={() => {
            drafts.value.change(state.id, { replyTo: seq, mode: modeOf(item), edit: undefined });
            focusComposer();
          }}
        />
      )}
      <Button icon={Copy} small look="quiet" label={t("copy")} onClick={() => void actions.copy(item.body ?? "")} />
      {item.mine && isOpen && (
        <Button
          icon={Pencil}
          small
          look="quiet"
          label={t("edit")}
          onClick={() => {
            beginEdit(state.id, item);
            focusComposer();
          }}
        />
      )}
      {(item.mine || isSupervisor.value) && (
        <Button
          icon={Trash2}
          small
          look="quiet"
          label={t("delete")}
          onClick={() => void attempt(() => chat.remove(state.id, seq))}
        />
      )}
    </div>
  );
}

function Failed({ item, id }: { item: TimelineItem; id: string }): JSX.Element {
  return (
    <div class="failed" role="alert">
      <span>
        {t("state.failed")}. {describeCode(item.error)}
      </span>
      <Button icon={RotateCcw} small onClick={() => void attempt(() => chat.retry(id, item.key))}>
        {t("retry")}
      </Button>
      {item.pending !== "delete" && (
        <Button
          small
          look="quiet"
          onClick={() => {
            takeBack(id, item);
            focusComposer();
          }}
        >
          {t("edit")}
        </Button>
      )}
      <Button small look="quiet" onClick={() => void chat.discard(id, item.key)}>
        {t("discard")}
      </Button>
    </div>
  );
}
