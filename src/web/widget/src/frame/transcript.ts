import { saveFile } from "@gapless-chat/screens/save-file";
import type { WidgetState } from "./state";

export async function downloadTranscript(state: WidgetState, id: string): Promise<void> {
  saveFile(await state.chat.transcript(id, state.locale), `chat-${new Date().toISOString().slice(0, 10)}.txt`);
}
