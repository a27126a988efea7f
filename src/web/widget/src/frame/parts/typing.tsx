import type { ConversationState } from "@gapless-chat/client";
import { useWidget } from "../context";
import { oneLine } from "../text/names";

export function Typing({ who }: { who: ConversationState["typing"] }) {
  const { t } = useWidget();
  const name = oneLine(who[0]?.actor.name, 60) || t.support;
  return (
    <div class="typing" role="status">
      {who.length > 0 && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span>{t.typing(name)}</span>
        </>
      )}
    </div>
  );
}
