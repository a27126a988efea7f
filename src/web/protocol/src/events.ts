/** What an event says. Add a branch for words you do not know. */
export type EventType =
  | "skip"
  | "message"
  | "edited"
  | "deleted"
  | "note"
  | "assigned"
  | "status"
  | "tagged"
  | "rated"
  | "system"
  | "visitor";
export type ActorKind = "system" | "visitor" | "operator";
export type ConversationStatus = "queued" | "open" | "snoozed" | "closed";
export type Side = "visitor" | "operator";

export interface Actor {
  kind: ActorKind;
  /** Absent for the system. To visitors an operator's id is one of this conversation only. */
  id?: string;
  name?: string;
}

export interface OperatorFace {
  /** As of an actor. */
  id?: string;
  name: string;
  avatar?: string;
}

export interface TeamFace {
  id: string;
  name: string;
}

export interface VisitorDevice {
  browser?: string;
  os?: string;
}

export interface VisitorFace {
  id: string;
  name?: string;
  /** Whether the host site vouches for him. */
  identified: boolean;
  /** Staff only, as are device and locale. */
  blocked?: boolean;
  device?: VisitorDevice;
  locale?: string;
}

/** What an event carries; which fields are there depends on its type. */
export interface EventData {
  body?: string;
  replyTo?: number;
  editedSeq?: number;
  deletedSeq?: number;
  targetSeq?: number;
  assignee?: OperatorFace;
  team?: TeamFace;
  status?: ConversationStatus;
  previousStatus?: ConversationStatus;
  snoozedUntil?: string;
  added?: string[];
  removed?: string[];
  score?: number;
  comment?: string;
  code?: string;
  /** On visitor: who he is from now on, without device and locale. */
  visitor?: VisitorFace;
}

/** One change of a conversation, as stored and as pushed. */
export interface ChatEvent {
  conversationId: string;
  /** Generation of the log. */
  epoch: number;
  /** 1, 2, 3 … without holes. */
  seq: number;
  type: EventType;
  /** This and what follows are absent on a skip. */
  actor?: Actor;
  at?: string;
  /** Of the one event that a change's sender named. */
  clientId?: string;
  data?: EventData;
}
