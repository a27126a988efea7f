// The records of REST that the console reads and writes; names as in Chat.Contracts.
import type { ConversationState } from "@gapless-chat/client";
import type { Availability, Conversation, InboxRow, OperatorFace, TeamFace } from "@gapless-chat/protocol";

export type {
  Actor,
  Availability,
  ChatEvent,
  Conversation,
  ConversationStatus,
  EventType,
  Me,
  OperatorFace,
  TeamFace,
} from "@gapless-chat/protocol";

/** A conversation that has come from the server. */
export type OpenState = ConversationState & { conversation: Conversation };

export type Role = "operator" | "supervisor" | "admin";

/** A row as the lists show it. */
export type ListRow = InboxRow & { inboxId: string; unread: number; online: boolean };

export interface InboxFace {
  id: string;
  name: string;
  allowPreview: boolean;
  color?: string;
}

export interface Assignees {
  operators: OperatorFace[];
  teams: TeamFace[];
}

export interface OperatorRow {
  id: string;
  name: string;
  avatar?: string;
  role: Role;
  availability: Availability;
  capacity: number;
  open: number;
  online: boolean;
}

export interface SignInWays {
  password: boolean;
  oidc?: { authority: string; clientId: string; name: string };
}

export interface CannedReply {
  id: string;
  shortcut: string;
  title: string;
  body: string;
  inboxId?: string;
  shared: boolean;
}

export interface ConversationList {
  rows: { inboxId: string; row: InboxRow }[];
  next?: string;
}

/** Staff see more of a visitor than the protocol's face. */
export type VisitorCard = Conversation["visitor"] & {
  blocked?: boolean;
  device?: { browser?: string; os?: string };
  locale?: string;
};

export type LocalText = Partial<Record<string, string>>;

export interface Appearance {
  color: string;
  position: "right" | "left";
  theme: "auto" | "light" | "dark";
  title?: LocalText;
  launcher?: LocalText;
  greeting?: LocalText;
  logo?: string;
}

export type FormFieldType = "text" | "email" | "phone" | "select" | "multiline";

export interface FormField {
  name: string;
  type: FormFieldType;
  label: LocalText;
  required: boolean;
  options?: { value: string; label: LocalText }[];
}

export interface OpenSpan {
  day: number;
  from: string;
  to: string;
}

export interface Hours {
  timeZone: string;
  weekly: OpenSpan[];
  holidays?: string[];
}

export interface InboxSettings {
  id: string;
  key: string;
  name: string;
  origins: string[];
  allowNativeApps: boolean;
  allowPreview: boolean;
  reopenDays: number;
  openConversations: number;
  members: string[];
  appearance?: Appearance;
  form?: { fields: FormField[] };
  hours?: Hours;
  offlineText?: LocalText;
  queuePosition?: boolean;
}

export type InboxPatch = Partial<Omit<InboxSettings, "id" | "key" | "members">> & { clear?: string[] };

export interface OperatorSettings {
  id: string;
  email: string;
  name: string;
  role: Role;
  disabled: boolean;
  inboxes: string[];
  avatar?: string;
}

export interface AddedOperator {
  operator: OperatorSettings;
  password: string;
}

export interface TeamSettings {
  id: string;
  name: string;
  members: string[];
  inboxes: string[];
}

export interface IdentityKey {
  kid: string;
  algorithm: string;
  createdAt: string;
}
