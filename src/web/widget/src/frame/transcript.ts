import type { WidgetState } from "./state";

const revokeAfterMs = 60_000;

export async function downloadTranscript(state: WidgetState, id: string): Promise<void> {
  const blob = await state.chat.transcript(id, state.locale);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `chat-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  // The browser reads it after this function has ended, and does not say when it has.
  setTimeout(URL.revokeObjectURL, revokeAfterMs, link.href);
}
