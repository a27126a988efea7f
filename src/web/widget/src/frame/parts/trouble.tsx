import { useWidget } from "../context";
import type { Problem } from "../state";
import { Header } from "./header";
import { Icon } from "./icons";
import { Tools } from "./tools";

/** A whole screen for what ends the chat here, in words for people, with the way on where there is one. */
export function Trouble({ problem }: { problem: Problem }) {
  const state = useWidget();
  const { t } = state;
  const again: Partial<Record<Problem, [string, () => void]>> = {
    failed: [t.retry, () => void state.retry()],
    replaced: [t.continueHere, () => void state.reconnect()],
    revoked: [t.continueHere, () => void state.continueHere()],
    upgrade: [t.retry, () => location.reload()],
  };
  const way = again[problem];
  return (
    <div class="screen">
      <Header tools={<Tools />}>
        <span class="brand-name">{state.settings?.name ?? t.support}</span>
      </Header>
      <main class="trouble">
        <span class="trouble-icon">
          <Icon name={problem === "replaced" || problem === "upgrade" ? "chat" : "alert"} />
        </span>
        <h1>{t[problem]}</h1>
        <p>{t[`${problem}Hint`]}</p>
        {way && (
          <button type="button" class="button primary" onClick={way[1]}>
            {way[0]}
          </button>
        )}
      </main>
    </div>
  );
}
