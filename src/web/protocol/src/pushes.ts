import type { InboxRow } from "./conversations";
import type { Actor, ChatEvent, Side } from "./events";
import type { OperatorChange } from "./staff";

export type EphemeralType = "typing" | "viewing" | "presence" | "queue";

/** A staff event as visitors get it. */
export interface Skip {
  conversationId: string;
  epoch: number;
  seq: number;
}

export interface CursorMoved {
  conversationId: string;
  side: Side;
  operatorId?: string;
  deliveredSeq: number;
  readSeq: number;
}

/** Never stored; forgotten after `ttlMs`. */
export interface Ephemeral {
  conversationId: string;
  type: EphemeralType;
  actor?: Actor;
  ttlMs: number;
  /** Of typing, towards operators, where the inbox allows it. */
  preview?: string;
  /** Of presence. */
  online?: boolean;
  /** Of queue; 1 is next. */
  position?: number;
}

export interface InboxChange {
  inboxId: string;
  row: InboxRow;
}

export interface Resync {
  conversationId?: string;
  reason: string;
}

export interface GoAway {
  reason: string;
}

/** What the server sends, by target. */
export interface Pushes {
  event: ChatEvent;
  skip: Skip;
  cursor: CursorMoved;
  ephemeral: Ephemeral;
  inbox: InboxChange;
  operator: OperatorChange;
  resync: Resync;
  goAway: GoAway;
}

export type PushTarget = keyof Pushes;

export const pushTargets: readonly PushTarget[] = [
  "event",
  "skip",
  "cursor",
  "ephemeral",
  "inbox",
  "operator",
  "resync",
  "goAway",
];
