import type { JSX } from "preact";
import { t } from "../texts";
import { Button } from "../ui/button";

/** Appears when there is something to save. */
export function SaveBar({
  isChanged,
  wrong,
  onReset,
}: {
  isChanged: boolean;
  wrong?: string | undefined;
  onReset: () => void;
}): JSX.Element | null {
  if (!isChanged) return null;
  return (
    <div class="save-bar">
      <span class={wrong ? "wrong" : "muted"} role="status">
        {wrong ?? t("unsaved")}
      </span>
      <Button onClick={onReset}>{t("discard")}</Button>
      <Button type="submit" look="primary" disabled={wrong !== undefined}>
        {t("save")}
      </Button>
    </div>
  );
}
