import { Archive } from "lucide";
import type { JSX } from "preact";
import { actions } from "../state/actions";
import { t } from "../texts";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";

export function ClosedBar({ id }: { id: string }): JSX.Element {
  return (
    <div class="closed-bar">
      <Icon of={Archive} />
      <span>{t("closed.text")}</span>
      <Button small onClick={() => void actions.reopen(id)}>
        {t("reopen")}
      </Button>
    </div>
  );
}
