import type * as c from "./commands.ts";
import type { ConversationPage } from "./conversations.ts";
import type { RegisterDevice } from "./devices.ts";

/** What a method takes and gives. */
interface Method<Request, Result = void> {
  request: Request;
  result: Result;
}

type Change<Request> = Method<Request, c.SendResult>;

/** Methods of both hubs, by name. */
export interface ChatHub {
  Hello: Method<c.Hello, c.HelloResult>;
  Sync: Method<c.Sync, c.SyncResult>;
  Send: Change<c.SendMessage>;
  Edit: Change<c.EditMessage>;
  Delete: Change<c.DeleteMessage>;
  Read: Method<c.MarkSeq>;
  Delivered: Method<c.MarkSeq>;
  Typing: Method<c.TypingNotice>;
  History: Method<c.HistoryQuery, c.HistoryResult>;
}

export interface VisitorHub extends ChatHub {
  OpenConversation: Method<c.OpenConversation, c.OpenResult>;
  Rate: Change<c.RateConversation>;
  Close: Change<c.ConversationCommand>;
  RegisterDevice: Method<RegisterDevice>;
}

export interface OperatorHub extends ChatHub {
  Watch: Method<c.Watch, c.WatchResult>;
  Open: Method<c.OpenQuery, ConversationPage>;
  Leave: Method<c.ConversationRef>;
  Claim: Change<c.ConversationCommand>;
  Assign: Change<c.AssignConversation>;
  Transfer: Change<c.TransferConversation>;
  Note: Change<c.WriteNote>;
  SetStatus: Change<c.SetStatus>;
  Tag: Change<c.TagConversation>;
  SetAvailability: Method<c.SetAvailability>;
  Viewing: Method<c.ConversationRef>;
}

export type HubMethods = VisitorHub & OperatorHub;
export type MethodName = keyof HubMethods;

/** Methods that store something: idempotent by their `clientId`. */
export type ChangeName =
  | "Send"
  | "Edit"
  | "Delete"
  | "OpenConversation"
  | "Rate"
  | "Close"
  | "Claim"
  | "Assign"
  | "Transfer"
  | "Note"
  | "SetStatus"
  | "Tag";
