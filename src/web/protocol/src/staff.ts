import type { Availability, OperatorRole } from "./commands";

/** An operator as colleagues see him. */
export interface OperatorState {
  id: string;
  name: string;
  avatar?: string;
  role: OperatorRole;
  availability: Availability;
  capacity: number;
  /** His open conversations in the inboxes of the one who asks. */
  open: number;
  online: boolean;
}

export interface OperatorStateList {
  operators: OperatorState[];
}

export interface OperatorChange {
  id: string;
  availability: Availability;
  capacity: number;
  online: boolean;
}

export interface OwnAvailability {
  availability: Availability;
  capacity: number;
}

export interface SignInMethods {
  password: boolean;
  oidc?: OidcProvider;
}

export interface OidcProvider {
  authority: string;
  clientId: string;
  name: string;
}

export interface BlockVisitor {
  reason?: string;
}

export interface CannedReply {
  id: string;
  shortcut: string;
  title: string;
  body: string;
  shared: boolean;
  inboxId?: string;
}

export interface CannedReplyDraft {
  shortcut: string;
  title: string;
  body: string;
  shared: boolean;
  inboxId?: string;
}

export interface CannedReplyList {
  replies: CannedReply[];
}
