import type { JSX } from "preact";
import { myId } from "../state/chat";
import { visitorName } from "../state/names";
import type { OpenState } from "../state/types";
import { t } from "../texts";

/** Who writes right now, with what the visitor has written so far where the inbox allows it. */
export function Typing({ state }: { state: OpenState }): JSX.Element {
  const others = state.typing.filter(({ actor }) => actor.id !== myId.value);
  return (
    <div class="typing" aria-live="polite">
      {others.slice(0, 2).map(({ actor, preview }) => (
        <p key={actor.id} class="cut">
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t("typing", {
            name: actor.kind === "visitor" ? visitorName(state.conversation.visitor) : (actor.name ?? t("operator")),
          })}
          {preview && <q class="typing-preview">{preview}</q>}
        </p>
      ))}
    </div>
  );
}
