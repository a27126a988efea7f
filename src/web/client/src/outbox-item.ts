import type { ChangeName, ChatEvent } from "@gapless-chat/protocol";

/** A change that waits for its acknowledgement. Stored as it is. */
export interface OutboxItem {
  /** Place in the store, and so in the order; absent until it is stored. */
  order?: number;
  clientId: string;
  /** Of a conversation that is being opened: the clientId of its opening. */
  conversationId: string;
  method: ChangeName;
  /** What the method takes, without `conversationId` and `clientId`. */
  request: OutboxRequest;
  /** Server time in milliseconds, estimated. */
  at: number;
  state: "queued" | "held" | "failed";
  error?: string;
  missing?: ChatEvent[];
}

export interface OutboxRequest {
  body?: string;
  seq?: number;
  replyTo?: number;
  expectedSeq?: number;
  [field: string]: unknown;
}

/** What stays to be seen when it is refused, for the author to mend; the rest is only told to the one who called. */
export function isShown(item: OutboxItem): boolean {
  return item.method === "Send" || item.method === "Note" || item.method === "Edit" || item.method === "Delete";
}

/** What follows it waits for it, under its clientId. */
export function isOpening(item: OutboxItem): boolean {
  return item.method === "OpenConversation";
}
