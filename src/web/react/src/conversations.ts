import type { ChangeResult, ConversationState, TimelineItem, VisitorChat } from "@gapless-chat/client";
import { useEffect, useMemo } from "react";
import { useChat } from "./provider.tsx";
import { useStore } from "./stores.ts";

/** A conversation as it is shown, and what can be done with it. The functions stay the same ones as long as the conversation does. */
export interface ConversationView {
  /** Undefined: it is not known, or not loaded yet. */
  readonly state: ConversationState | undefined;
  /** Ascending; what is not sent yet comes last. */
  readonly items: readonly TimelineItem[];
  /** Items that were refused, or whose change was: to be retried or discarded. */
  readonly failed: readonly TimelineItem[];
  /** Returns the item's key. */
  readonly send: (body: string, replyTo?: number) => string;
  readonly edit: (seq: number, body: string) => void;
  readonly remove: (seq: number) => void;
  readonly retry: (key: string) => void;
  /** Returns the text. */
  readonly discard: (key: string) => string | undefined;
  readonly read: () => void;
  readonly loadOlder: () => Promise<void>;
  readonly rate: (score: number, comment?: string) => Promise<ChangeResult>;
  readonly close: () => Promise<ChangeResult>;
}

const none: readonly TimelineItem[] = [];

/** All conversations, the newest first. */
export function useConversations(): readonly ConversationState[] {
  const all = useStore(useChat().conversations);
  return useMemo(() => [...all.values()].sort((one, other) => lastAt(other) - lastAt(one)), [all]);
}

/** One conversation, under the id that `open` gave or that of the server. */
export function useConversation(conversation: string): ConversationView {
  const chat = useChat();
  const all = useStore(chat.conversations);
  const state = all.get(chat.aliases.get(conversation) ?? conversation);
  const actions = useMemo(() => actionsOf(chat, conversation), [chat, conversation]);
  const items = state?.items ?? none;
  const failed = useMemo(() => items.filter((item) => item.error !== undefined), [items]);
  return useMemo(() => ({ state, items, failed, ...actions }), [state, items, failed, actions]);
}

/** Whatever comes while the conversation is shown counts as read; while the chat is hidden (`visible(false)`) that waits. */
export function useReading(conversation: string, isShown = true): void {
  const chat = useChat();
  const unread = useConversation(conversation).state?.unread ?? 0;
  useEffect(() => {
    if (isShown && unread > 0) chat.read(conversation);
  }, [chat, conversation, isShown, unread]);
}

function actionsOf(chat: VisitorChat, id: string): Omit<ConversationView, "state" | "items" | "failed"> {
  return {
    send: (body, replyTo) => chat.send(id, body, replyTo === undefined ? {} : { replyTo }),
    edit: (seq, body) => chat.edit(id, seq, body),
    remove: (seq) => chat.remove(id, seq),
    retry: (key) => chat.retry(id, key),
    discard: (key) => chat.discard(id, key),
    read: () => chat.read(id),
    loadOlder: () => chat.loadOlder(id),
    rate: (score, comment) => chat.rate(id, score, comment),
    close: () => chat.close(id),
  };
}

// One that the server does not know yet is the newest.
function lastAt({ conversation }: ConversationState): number {
  return conversation ? Date.parse(conversation.lastAt) : Number.MAX_SAFE_INTEGER;
}
