import { signal } from "@preact/signals";
import { attempt } from "./actions";
import { api } from "./api";
import type { CannedReply } from "./types";

/** One's own canned replies and the shared ones of one's inboxes. */
export const replies = signal<readonly CannedReply[]>([]);

export async function loadReplies(): Promise<boolean> {
  return await attempt(async () => {
    replies.value = (await api<{ replies: CannedReply[] }>("GET", "/canned-replies")).replies;
  });
}
