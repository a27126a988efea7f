import { ChatError, type SignIn } from "@gapless-chat/client";
import { effect, signal } from "@preact/signals";
import { attempt } from "./actions";
import { api } from "./api";
import { loadAvailability } from "./availability";
import { chat, closedRows, drafts, inboxes, me, moreRows } from "./chat";
import { loadReplies } from "./replies";
import type { InboxFace } from "./types";

/** `password`: signed in for the first time, a new password is wanted. */
export type Phase = "starting" | "out" | "password" | "in";

export const phase = signal<Phase>("starting");

let pending: { email: string; password: string } | undefined;

export async function start(): Promise<void> {
  try {
    phase.value = (await chat.resume()) ? "in" : "out";
  } catch {
    phase.value = "out";
  }
}

/** Throws the refusal, for the form to show. */
export async function signIn(credentials: SignIn): Promise<void> {
  const session = await chat.signIn(credentials);
  if (session.mustChangePassword && "password" in credentials) {
    pending = { email: credentials.email, password: credentials.password };
    phase.value = "password";
    return;
  }
  pending = undefined;
  phase.value = "in";
}

export async function choosePassword(newPassword: string): Promise<void> {
  if (!pending) throw new ChatError("unauthenticated");
  await signIn({ ...pending, newPassword });
}

export async function signOut(): Promise<void> {
  drafts.value.wipe();
  closedRows.value = new Map();
  moreRows.value = new Map();
  // Until the server has ended the session: a page that asks for a password is one that nobody gets past without.
  phase.value = "starting";
  await attempt(() => chat.signOut());
  phase.value = "out";
}

/** While signed in: watches the operator's inboxes, again when they change. */
export function followInboxes(): () => void {
  let followed = "";
  return effect(() => {
    const ids = me.value?.inboxes ?? [];
    if (phase.value !== "in" || ids.join() === followed) return;
    followed = ids.join();
    chat.watch(ids);
    void loadInboxes();
    void loadAvailability();
    void loadReplies();
  });
}

async function loadInboxes(): Promise<void> {
  await attempt(async () => {
    inboxes.value = (await api<{ inboxes: InboxFace[] }>("GET", "/inboxes")).inboxes;
  });
}
