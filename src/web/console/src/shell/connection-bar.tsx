import { CloudOff } from "lucide";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { connection } from "../state/chat";
import { phase } from "../state/session";
import { type TextKey, t } from "../texts";
import { Button } from "../ui/button";
import { Icon } from "../ui/icon";
import "./connection-bar.css";

const patienceMs = 2_500;
const final: readonly string[] = ["revoked", "replaced", "upgrade_required"];

/** Says that there is no connection, once that is more than a blink, or why there will be none. */
export function ConnectionBar(): JSX.Element | null {
  const { status, reason } = connection.value;
  const isAway = useLasting(status === "offline" || status === "connecting");
  if (status === "stopped" && reason !== undefined) return <Stopped reason={reason} />;
  if (!isAway) return null;
  return (
    <div class="connection-bar" role="status">
      <Icon of={CloudOff} size={14} />
      {t("connection.lost")}
    </div>
  );
}

function Stopped({ reason }: { reason: string }): JSX.Element {
  const key = (final.includes(reason) ? `connection.${reason}` : "connection.stopped") as TextKey;
  return (
    <div class="connection-bar bad" role="alert">
      {t(key)}
      {reason === "revoked" ? (
        <Button small onClick={() => (phase.value = "out")}>
          {t("sign.in")}
        </Button>
      ) : (
        <Button small onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      )}
    </div>
  );
}

function useLasting(isSo: boolean): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    if (!isSo) return setLasted(false);
    const timer = setTimeout(() => setLasted(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isSo]);
  return hasLasted;
}
