import type { ChatEvent, ConversationStatus, OperatorFace, Side, TeamFace, VisitorFace } from "./events.ts";

export interface Conversation {
  id: string;
  inboxId: string;
  visitor: VisitorFace;
  status: ConversationStatus;
  /** Staff only, as are team, page, fields and tags. */
  snoozedUntil?: string;
  assignee?: OperatorFace;
  team?: TeamFace;
  topic?: string;
  page?: string;
  fields?: Record<string, string>;
  tags?: string[];
  rating?: number;
  openedAt: string;
  lastAt: string;
}

/** How far one side, or one operator as staff see it, has got. */
export interface SideCursor {
  side: Side;
  operatorId?: string;
  deliveredSeq: number;
  readSeq: number;
}

/** A stretch of a conversation's log. */
export interface ConversationPage {
  conversation: Conversation;
  epoch: number;
  events: ChatEvent[];
  /** The log's head when it was read. */
  seq: number;
  hasMore: boolean;
  /** Drop what is held and take this page. */
  reset: boolean;
  cursors: SideCursor[];
}

/** What a client holds of a conversation; zeros: nothing. */
export interface Cursor {
  conversationId: string;
  epoch: number;
  seq: number;
}

export interface LastMessage {
  seq: number;
  side: Side;
  text?: string;
}

/** A line of an operator's list. */
export interface InboxRow {
  conversationId: string;
  /** In answers of `Watch`; elsewhere it is named beside the row. */
  inboxId?: string;
  epoch: number;
  seq: number;
  status: ConversationStatus;
  snoozedUntil?: string;
  assignee?: OperatorFace;
  team?: TeamFace;
  visitor: VisitorFace;
  topic?: string;
  tags?: string[];
  lastMessage?: LastMessage;
  waitingSince?: string;
  /** The asking operator's own; in answers and not in pushes. */
  readSeq?: number;
  openedAt: string;
  lastAt: string;
}
