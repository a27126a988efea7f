import { signal } from "@preact/signals";
import { t } from "../texts";
import { attempt } from "./actions";
import { api } from "./api";
import { toast } from "./toasts";

/** What was changed here: blocking is no event, and so what is held of a conversation does not say it until it is read anew. */
const changed = signal<ReadonlyMap<string, boolean>>(new Map());

export function isBlocked(visitor: { id: string; blocked?: boolean }): boolean {
  return changed.value.get(visitor.id) ?? visitor.blocked ?? false;
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
