import { isBlank, limits } from "@gapless-chat/protocol";
import { actions } from "../state/actions";
import { chat, drafts } from "../state/chat";
import type { OpenState } from "../state/types";
import { expectedSeq } from "./guard";

/** Sends what is written. Who answers a conversation that waits in the queue takes it first; lost to a colleague, the text is back. */
export async function sendDraft(state: OpenState): Promise<void> {
  const { id } = state;
  const own = drafts.value;
  const draft = own.of(id);
  const { mode, replyTo, edit } = draft;
  const written = (edit ?? draft).text;
  const body = written.trim();
  if (isBlank(body) || written.length > limits.BodyLength) return;
  if (edit) {
    own.change(id, { edit: undefined });
    chat.edit(id, edit.seq, body);
    return;
  }
  // One after the other: what is written meanwhile does not overtake it.
  if (draft.sending) return;
  if (mode === "note" || state.status !== "queued") own.clear(id);
  else if (!(await own.sendAfter(id, () => actions.claim(id)))) return;
  const options = replyTo === undefined ? {} : { replyTo };
  if (mode === "note") chat.note(id, body, options);
  else chat.send(id, body, { ...options, expectedSeq: expectedSeq(state, draft.begunAt) });
}
