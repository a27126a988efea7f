import { play } from "@gapless-chat/screens/tones";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWidget } from "../context";
import { oneLine } from "../text/names";

/** Says the other side's new messages to a screen reader, and with a sound to a visitor who looks elsewhere. What was there before is not news. */
export function Announcer() {
  const state = useWidget();
  const [text, setText] = useState("");
  const known = useRef(new Map<string, number>());
  const conversations = state.chat.conversations.value;

  useEffect(() => {
    for (const { id, items } of conversations.values()) {
      const last = items.findLast((item) => item.type === "message" && !item.mine && !item.deleted);
      const seq = last?.seq ?? 0;
      const before = known.current.get(id);
      known.current.set(id, Math.max(before ?? 0, seq));
      if (before === undefined || seq <= before || !last) continue;
      setText(`${oneLine(last.actor.name, 60) || state.t.support}: ${oneLine(last.body, 500)}`);
      if (state.hasSound && !state.isSeen) play([660, 880]);
    }
  }, [conversations, state]);

  return (
    <div class="hidden" aria-live="polite">
      {text}
    </div>
  );
}
