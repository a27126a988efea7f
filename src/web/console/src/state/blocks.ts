import type { Conversation } from "@gapless-chat/protocol";
import { signal } from "@preact/signals";
import { t } from "../texts";
import { attempt } from "./actions";
import { api } from "./api";
import { toast } from "./toasts";

/** What was changed here, for closed conversations: in these it is no event, and so they do not say it until they are read anew. */
const changed = signal<ReadonlyMap<string, boolean>>(new Map());

export function isBlocked({ status, visitor }: Conversation): boolean {
  return (status === "closed" ? changed.value.get(visitor.id) : undefined) ?? visitor.blocked ?? false;
}

export async function block(visitorId: string, reason: string): Promise<void> {
  if (!(await attempt(() => api("PUT", `/visitors/${visitorId}/block`, reason ? { reason } : {})))) return;
  changed.value = new Map(changed.value).set(visitorId, true);
  toast("good", t("done.blocked"));
}

export async function unblock(visitorId: string): Promise<void> {
  if (!(await attempt(() => api("DELETE", `/visitors/${visitorId}/block`)))) return;
  changed.value = new Map(changed.value).set(visitorId, false);
  toast("good", t("done.unblocked"));
}
