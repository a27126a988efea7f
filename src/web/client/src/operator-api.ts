import type { Availability, ConversationPage, Me, OperatorSession, OperatorState, OwnAvailability } from "@gapless-chat/protocol";
import type { ClientStorage } from "./storage.ts";
import type { Store } from "./store.ts";
import type { ChangeResult, ConnectionState, ConversationMap, ListRow, SendOptions } from "./types.ts";

export interface OperatorOptions {
  /** Origin of the service. */
  url: string;
  locale?: string;
  /** As a visitor's. */
  storage?: "browser" | "memory" | ClientStorage;
  /**
   * For bots and tools: asked by `resume` and whenever the session has ended, how to sign in. On Node the session's refresh token is kept in the storage, since
   * there are no cookies.
   */
  credentials?: () => Promise<SignIn>;
}

export type SignIn = { email: string; password: string; newPassword?: string } | { idToken: string; nonce?: string };

/** Whom a conversation is given to; neither: back to the queue. */
export interface AssignTo {
  operatorId?: string;
  teamId?: string;
}

export interface OperatorSendOptions extends SendOptions {
  /** The last seq the operator has seen; when others wrote after it the item is held. */
  expectedSeq?: number;
}

/**
 * The operator's side. Changes wait in an outbox until the server answers; those that return a promise reject with a `ChatError` when they are refused.
 */
export interface OperatorChat {
  readonly connection: Store<ConnectionState>;
  readonly me: Store<Me | undefined>;
  /** Conversations that are open here. */
  readonly conversations: Store<ConversationMap>;
  /** The watched inboxes' conversations by id. */
  readonly rows: Store<ReadonlyMap<string, ListRow>>;
  /** The watched inboxes whose rows have come: what appears in one of them later is new. */
  readonly listed: Store<readonly string[]>;
  /** Colleagues by id. */
  readonly operators: Store<ReadonlyMap<string, OperatorState>>;

  /** Connects when it succeeds. With `mustChangePassword` sign in again with `newPassword`. */
  signIn(credentials: SignIn): Promise<OperatorSession>;
  /**
   * Continues the session, or signs in with the `credentials` of the options; connects when that has succeeded. False when there is neither. Rejects with a `ChatError`
   * when the server refuses: with `must_change_password` sign in with a new one.
   */
  resume(): Promise<boolean>;
  /** Ends the session and wipes what is stored. */
  signOut(): Promise<void>;
  stop(): Promise<void>;
  visible(isVisible: boolean): void;

  watch(inboxes: readonly string[]): void;
  open(conversation: string): void;
  leave(conversation: string): void;

  /** Returns the item's key. */
  send(conversation: string, body: string, options?: OperatorSendOptions): string;
  note(conversation: string, body: string, options?: SendOptions): string;
  edit(conversation: string, seq: number, body: string): void;
  remove(conversation: string, seq: number): void;
  /** Sends a held item although others wrote: what is held now counts as seen. */
  release(conversation: string, key: string): void;
  retry(conversation: string, key: string): void;
  discard(conversation: string, key: string): string | undefined;

  claim(conversation: string): Promise<ChangeResult>;
  assign(conversation: string, to: AssignTo, expectedSeq?: number): Promise<ChangeResult>;
  transfer(conversation: string, to: AssignTo, text?: string, expectedSeq?: number): Promise<ChangeResult>;
  setStatus(
    conversation: string,
    status: "open" | "queued" | "snoozed" | "closed",
    options?: { snoozeUntil?: Date; expectedSeq?: number },
  ): Promise<ChangeResult>;
  tag(conversation: string, change: { add?: string[]; remove?: string[] }): Promise<ChangeResult>;

  read(conversation: string): void;
  typing(conversation: string): void;
  /** Tells colleagues that one looks at it, until another conversation or nothing is given. */
  viewing(conversation: string | undefined): void;
  loadOlder(conversation: string): Promise<void>;
  /** What a conversation says without following it. */
  peek(conversation: string): Promise<ConversationPage>;
  setAvailability(availability: Availability, capacity?: number): Promise<void>;
  availability(): Promise<OwnAvailability>;
  transcript(conversation: string, options: { locale: string; timeZone?: string; notes?: boolean }): Promise<Blob>;

  /** A REST call below `/api/v1` with the token; throws `ChatError`. */
  rest<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
}
