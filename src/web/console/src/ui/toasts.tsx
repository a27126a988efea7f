import { Check, CircleAlert, X } from "lucide";
import type { JSX } from "preact";
import { forgetToast, toasts } from "../state/toasts";
import { t } from "../texts";
import { Button } from "./button";
import { Icon } from "./icon";

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.tone}`}>
          <Icon of={toast.tone === "good" ? Check : CircleAlert} />
          <p>{toast.text}</p>
          {toast.action && (
            <Button
              small
              look="quiet"
              onClick={() => {
                forgetToast(toast.id);
                toast.action?.run();
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <Button icon={X} label={t("close")} look="quiet" small onClick={() => forgetToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
