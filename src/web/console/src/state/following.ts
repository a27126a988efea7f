import { effect } from "@preact/signals";
import { chat, chosenId, mine } from "./chat";
import { phase } from "./session";

const mostOwn = 20;
const mostRecent = 8;

/**
 * Which conversations are followed: one's own, so that changing between them is instant and their unread counts are exact, and those looked at last.
 */
export function wanted(own: readonly string[], recent: readonly string[]): string[] {
  return [...new Set([...recent.slice(0, mostRecent), ...own.slice(0, mostOwn)])];
}

export function followConversations(): () => void {
  let recent: string[] = [];
  let followed: string[] = [];
  return effect(() => {
    if (phase.value !== "in") {
      recent = [];
      followed = [];
      return;
    }
    const chosen = chosenId.value;
    if (chosen !== undefined && recent[0] !== chosen)
      recent = [chosen, ...recent.filter((id) => id !== chosen)].slice(0, mostRecent);
    const next = wanted(
      mine.value.map((row) => row.conversationId),
      recent,
    );
    for (const id of next) if (!followed.includes(id)) chat.open(id);
    for (const id of followed) if (!next.includes(id)) chat.leave(id);
    followed = next;
    chat.viewing(chosen);
  });
}
