import type { components } from "./rest";

/** Records of the REST routes, made from `openapi.json`. */
export type Schemas = components["schemas"];

export type InboxFace = Schemas["InboxFace"];
export type InboxList = Schemas["InboxList"];
export type Assignees = Schemas["Assignees"];
export type ConversationList = Schemas["ConversationList"];
export type InboxSettings = Schemas["InboxSettings"];
export type InboxSettingsList = Schemas["InboxSettingsList"];
export type InboxDraft = Schemas["InboxDraft"];
export type InboxPatch = Schemas["InboxPatch"];
export type IdentityKey = Schemas["IdentityKey"];
export type SigningKey = Schemas["SigningKey"];
export type OperatorSettings = Schemas["OperatorSettings"];
export type OperatorSettingsList = Schemas["OperatorSettingsList"];
export type OperatorDraft = Schemas["OperatorDraft"];
export type OperatorPatch = Schemas["OperatorPatch"];
export type AddedOperator = Schemas["AddedOperator"];
export type TeamSettings = Schemas["TeamSettings"];
export type TeamSettingsList = Schemas["TeamSettingsList"];
export type TeamDraft = Schemas["TeamDraft"];
export type BusinessHours = Schemas["BusinessHours"];

export interface IdentityKeyFace {
  kid: string;
  algorithm: string;
  createdAt: string;
}

export interface IdentityKeyList {
  keys: IdentityKeyFace[];
}
