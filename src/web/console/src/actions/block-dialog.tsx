import { limits } from "@gapless-chat/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { block } from "../state/blocks";
import { conversations } from "../state/chat";
import { closeLayer } from "../state/layers";
import { visitorName } from "../state/names";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";

export function BlockDialog({ id }: { id: string }): JSX.Element | null {
  const [reason, setReason] = useState("");
  const visitor = conversations.value.get(id)?.conversation?.visitor;
  if (!visitor) return null;
  return (
    <Dialog title={t("block.title", { name: visitorName(visitor) })} onClose={closeLayer}>
      <p class="muted">{t("block.text")}</p>
      <TextField label={t("block.reason")} maxLength={limits.ReasonLength} value={reason} onInput={setReason} autofocus />
      <div class="dialog-actions">
        <Button onClick={closeLayer}>{t("cancel")}</Button>
        <Button
          look="danger primary"
          onClick={() => {
            closeLayer();
            void block(visitor.id, reason.trim());
          }}
        >
          {t("block")}
        </Button>
      </div>
    </Dialog>
  );
}
