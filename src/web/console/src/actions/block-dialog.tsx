import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt } from "../state/actions";
import { api } from "../state/api";
import { conversations } from "../state/chat";
import { closeLayer } from "../state/layers";
import { visitorName } from "../state/names";
import { toast } from "../state/toasts";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";

export function BlockDialog({ id }: { id: string }): JSX.Element | null {
  const [reason, setReason] = useState("");
  const visitor = conversations.value.get(id)?.conversation?.visitor;
  if (!visitor) return null;
  const block = async () => {
    closeLayer();
    const text = reason.trim();
    if (await attempt(() => api("PUT", `/visitors/${visitor.id}/block`, text ? { reason: text } : {})))
      toast("good", t("done.blocked"));
  };
  return (
    <Dialog title={t("block.title", { name: visitorName(visitor) })} onClose={closeLayer}>
      <p class="muted">{t("block.text")}</p>
      <TextField label={t("block.reason")} maxLength={200} value={reason} onInput={setReason} autofocus />
      <div class="dialog-actions">
        <Button onClick={closeLayer}>{t("cancel")}</Button>
        <Button look="danger primary" onClick={() => void block()}>
          {t("block")}
        </Button>
      </div>
    </Dialog>
  );
}

export async function unblock(visitorId: string): Promise<void> {
  if (await attempt(() => api("DELETE", `/visitors/${visitorId}/block`))) toast("good", t("done.unblocked"));
}
