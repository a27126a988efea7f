import { limits } from "@chat/protocol";
import { actions } from "../state/actions";
import { chat, drafts } from "../state/chat";
import type { OpenState } from "../state/types";
import { expectedSeq } from "./guard";

/** Sends what is written. Who answers a conversation that waits in the queue takes it first; lost to a colleague, the text stays. */
export async function sendDraft(state: OpenState): Promise<void> {
  const draft = drafts.value.of(state.id);
  const body = draft.text.trim();
  if (body === "" || draft.text.length > limits.BodyLength) return;
  if (draft.mode === "reply" && draft.editing === undefined && state.status === "queued" && !(await actions.claim(state.id)))
    return;
  drafts.value.clear(state.id, draft.mode);
  const options = draft.replyTo === undefined ? {} : { replyTo: draft.replyTo };
  if (draft.editing !== undefined) chat.edit(state.id, draft.editing, body);
  else if (draft.mode === "note") chat.note(state.id, body, options);
  else chat.send(state.id, body, { ...options, expectedSeq: expectedSeq(state, draft.begunAt) });
}
