import type { ConversationState } from "@gapless-chat/client";
import { useWidget } from "../context";
import { downloadTranscript } from "../transcript";
import { Menu, MenuItem } from "./menu";

/** The menu of the header: what concerns the conversation, where there is one, and what the visitor chooses for himself. */
export function Tools({ conversation, onEnd, onFailure }: Partial<Actions>) {
  const state = useWidget();
  const { t } = state;
  const hasSound = state.hasSound;
  return (
    <Menu label={t.menu}>
      {conversation && conversation.seq > 0 && (
        <MenuItem
          icon="download"
          onClick={() => void downloadTranscript(state, conversation.id).catch(() => onFailure?.(t.transcriptFailed))}
        >
          {t.transcript}
        </MenuItem>
      )}
      <MenuItem icon={hasSound ? "mute" : "sound"} onClick={() => state.setSound(!hasSound)}>
        {hasSound ? t.soundOff : t.soundOn}
      </MenuItem>
      <MenuItem icon="globe" onClick={() => state.setLocale(state.locale === "ru" ? "en" : "ru")}>
        <span lang={state.locale === "ru" ? "en" : "ru"}>{t.language}</span>
      </MenuItem>
      {conversation && conversation.status !== "closed" && onEnd && (
        <MenuItem icon="end" onClick={onEnd}>
          {t.end}
        </MenuItem>
      )}
    </Menu>
  );
}

interface Actions {
  conversation: ConversationState | undefined;
  onEnd: () => void;
  onFailure: (text: string) => void;
}
