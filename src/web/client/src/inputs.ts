import type { ConversationPage, HelloResult, Pushes, PushTarget } from "@gapless-chat/protocol";
import type { ConnectionState } from "./types.ts";

type PushInput = { [T in PushTarget]: { kind: "push"; target: T; payload: Pushes[T] } }[PushTarget];

/** What a tab's state is made of: the leading tab takes it from the connection, the others from the leading one, in the same order. */
export type Input =
  | { kind: "state"; state: ConnectionState }
  /** `asked`: conversations that are not answered for are the caller's no more. `isShared`: what another tab holds, of the same logs. */
  | { kind: "hello"; result: HelloResult; asked: string[]; isShared?: true }
  | { kind: "pages"; pages: ConversationPage[] }
  /** A conversation that had the id of its opening has one of the server. */
  | { kind: "opened"; from: string; to: string }
  /** Somebody else is greeted from here on: what is held is not theirs. */
  | { kind: "disowned" }
  | PushInput;
