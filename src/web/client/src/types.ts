import type {
  Actor,
  ChatEvent,
  Conversation,
  ConversationStatus,
  EventData,
  EventType,
  InboxRow,
  ResultStatus,
} from "@gapless-chat/protocol";

export interface ConnectionState {
  status: "idle" | "connecting" | "online" | "offline" | "stopped";
  /** `shared`: another tab of this browser has the connection. */
  transport: "socket" | "poll" | "shared";
  /** Why it is stopped or offline: an error code, a disconnect reason, or `network`. */
  reason?: string;
  /** When the next attempt is made, in `Date.now()` milliseconds. */
  retryAt?: number;
}

/** One line of a timeline, ready to show. */
export interface TimelineItem {
  /** Stable from sending to sent: the clientId where there is one, else `seq:N`. */
  key: string;
  /** Absent while not acknowledged, or while something before it is missing. */
  seq?: number;
  /** Edits and deletions are folded into their message. */
  type: EventType;
  actor: Actor;
  /** Server time in milliseconds; an estimate while sending. */
  at: number;
  mine: boolean;
  body?: string;
  replyTo?: number;
  edited?: boolean;
  deleted?: boolean;
  /** Of status, assigned, tagged, rated, system. */
  data?: EventData;
  /** `held`: others wrote meanwhile, see `missing`. */
  state: "sending" | "held" | "failed" | "sent" | "delivered" | "read";
  /** The code, when the item or its pending change failed; `too_many_open`: the visitor has too many conversations that are not closed to open this one. */
  error?: string;
  /** A change of this item is on its way; with `error` it was refused. */
  pending?: "edit" | "delete";
  missing?: readonly ChatEvent[];
}

export interface Typing {
  actor: Actor;
  preview?: string;
}

/** How far the sides have got. `own` is the caller's, `other` the other side's furthest. */
export interface Cursors {
  own: Marks;
  other: Marks;
}

export interface Marks {
  deliveredSeq: number;
  readSeq: number;
}

export interface ConversationState {
  /** The server's id; that of `open()` until the server has given one. */
  id: string;
  /** Absent until the server has opened it. */
  conversation?: Conversation;
  status: ConversationStatus;
  epoch: number;
  seq: number;
  /** Ascending; what is not sent yet comes last. */
  items: readonly TimelineItem[];
  hasOlder: boolean;
  loadingOlder: boolean;
  /** The other side's messages after one's own readSeq, among those that are held. */
  unread: number;
  cursors: Cursors;
  typing: readonly Typing[];
  viewing: readonly Actor[];
  /** Of the visitor for operators, of the assignee for visitors; absent when not known. */
  online?: boolean;
  queuePosition?: number;
}

export type ConversationMap = ReadonlyMap<string, ConversationState>;

/** A row of an inbox as operators see it. */
export interface ListRow extends InboxRow {
  inboxId: string;
  /** Exact where the conversation is open here, else 0 or 1: is there something new. */
  unread: number;
  online: boolean;
}

export interface VisitorSessionState {
  visitorId?: string;
  identified: boolean;
}

/** What came of a change. `event` is absent when there was nothing to change. */
export interface ChangeResult {
  status: ResultStatus;
  event?: ChatEvent;
  missing?: readonly ChatEvent[];
}

export interface SendOptions {
  replyTo?: number;
}

export interface OpenOptions {
  topic?: string;
  fields?: Record<string, string>;
  /** Absolute address of the page the visitor is on. */
  page?: string;
  /** The first message. */
  body?: string;
}
