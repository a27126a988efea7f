import type { ConversationState } from "@gapless-chat/client";
import { useEffect, useState } from "preact/hooks";
import { chat } from "../state/chat";

/** How far this operator had read when he came: the mark of what is new stays there while he is here. What is in sight is told as read. */
export function useReading(state: ConversationState): number | undefined {
  const [readSeq] = useState(() => readSeqOf(state));
  useEffect(() => {
    const tell = () => {
      if (!document.hidden && document.hasFocus() && state.unread > 0) chat.read(state.id);
    };
    tell();
    window.addEventListener("focus", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      window.removeEventListener("focus", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [state.id, state.unread, state.seq]);
  return readSeq;
}

function readSeqOf(state: ConversationState): number | undefined {
  return state.unread > 0 ? state.cursors.own.readSeq : undefined;
}
