import type { ConversationState } from "@gapless-chat/client";

/**
 * The seq to send with, so that nobody answers past a colleague. Usually all that is shown counts as seen. But when a colleague answered
 * after this text was begun, the text was begun without knowing it: then the server is asked to hold it.
 */
export function expectedSeq(state: ConversationState, begunAt: number | undefined): number {
  if (begunAt === undefined || !hasColleaguesAnswer(state, begunAt)) return state.seq;
  return begunAt;
}

function hasColleaguesAnswer(state: ConversationState, after: number): boolean {
  return state.items.some(
    (item) => item.type === "message" && item.actor.kind === "operator" && !item.mine && (item.seq ?? 0) > after,
  );
}
