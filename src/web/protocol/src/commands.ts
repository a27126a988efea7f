import type { ConversationPage, Cursor, InboxRow } from "./conversations";
import type { ActorKind, ChatEvent, ConversationStatus } from "./events";

export type SendKind = "message" | "note";
export type ResultStatus = "ok" | "duplicate" | "stale_view";
export type Availability = "offline" | "away" | "online";
export type OperatorRole = "operator" | "supervisor" | "admin";

export interface Hello {
  protocol: number;
  deviceId: string;
  sdk?: string;
  locale?: string;
  cursors?: Cursor[];
}

export interface Me {
  kind: ActorKind;
  id: string;
  name?: string;
  role?: OperatorRole;
  inboxes: string[];
}

export interface ClientLimits {
  bodyLength: number;
  historyPage: number;
  cursors: number;
  changesPerSecond: number;
  typingTtlMs: number;
}

export interface HelloResult {
  serverTime: string;
  you: Me;
  limits: ClientLimits;
  conversations: ConversationPage[];
}

export interface Sync {
  cursors: Cursor[];
}

export interface SyncResult {
  conversations: ConversationPage[];
}

export interface ConversationRef {
  conversationId: string;
}

export interface ConversationCommand extends ConversationRef {
  clientId: string;
}

export interface SendMessage extends ConversationCommand {
  body: string;
  kind?: SendKind;
  replyTo?: number;
  expectedSeq?: number;
  /** Refused until attachments exist. */
  attachments?: unknown;
}

export interface EditMessage extends ConversationCommand {
  seq: number;
  body: string;
}

export interface DeleteMessage extends ConversationCommand {
  seq: number;
}

/** The answer to a change: an acknowledgement after the commit. */
export interface SendResult {
  status: ResultStatus;
  event?: ChatEvent;
  /** Of stale_view: what others wrote. */
  missing?: ChatEvent[];
}

export interface MarkSeq extends ConversationRef {
  seq: number;
}

export interface TypingNotice extends ConversationRef {
  preview?: string;
}

export interface HistoryQuery extends ConversationRef {
  before?: number;
  after?: number;
  limit?: number;
}

export interface HistoryResult {
  epoch: number;
  events: ChatEvent[];
  hasMore: boolean;
}

export interface OpenConversation {
  clientId: string;
  topic?: string;
  fields?: Record<string, string>;
  page?: string;
}

export interface OpenResult {
  status: ResultStatus;
  page: ConversationPage;
}

export interface RateConversation extends ConversationCommand {
  score: number;
  comment?: string;
}

export interface Watch {
  inboxes: string[];
}

export interface WatchResult {
  rows: InboxRow[];
  hasMore: boolean;
  /** Conversations whose visitor is online. */
  online?: string[];
}

export interface OpenQuery extends ConversationRef {
  epoch?: number;
  seq?: number;
}

export interface AssignConversation extends ConversationCommand {
  operatorId?: string;
  teamId?: string;
  expectedSeq?: number;
}

export interface TransferConversation extends AssignConversation {
  text?: string;
}

export interface WriteNote extends ConversationCommand {
  body: string;
  replyTo?: number;
}

export interface SetStatus extends ConversationCommand {
  status: ConversationStatus;
  snoozeUntil?: string;
  expectedSeq?: number;
}

export interface TagConversation extends ConversationCommand {
  add?: string[];
  remove?: string[];
}

export interface SetAvailability {
  availability: Availability;
  capacity?: number;
}
