import type { WidgetSettings } from "@chat/protocol";
import type { ClientStorage } from "./storage.ts";
import type { Store } from "./store.ts";
import type { ChangeResult, ConnectionState, ConversationMap, OpenOptions, SendOptions, VisitorSessionState } from "./types.ts";

export interface VisitorOptions {
  /** Origin of the service, such as `https://chat.example`. */
  url: string;
  /** The inbox's public key. */
  inbox: string;
  /** BCP 47; told to the staff. */
  locale?: string;
  /** Asked at the start of a session: the host site's token of its user, or nothing for an anonymous one. */
  identity?: () => Promise<string | undefined>;
  /** One connection for all tabs of a browser; on where the browser can do it. */
  shareTabs?: boolean;
  /**
   * By default IndexedDB, or memory where there is none or it is blocked; `memory` keeps nothing across restarts. Elsewhere `openFileStorage` of
   * `@chat/client/node` or `openKeyValueStorage` of `@chat/client/key-value`, one for each chat.
   */
  storage?: "browser" | "memory" | ClientStorage;
}

/** The visitor's side. Nothing touches network or storage before `start`. */
export interface VisitorChat {
  readonly connection: Store<ConnectionState>;
  readonly conversations: Store<ConversationMap>;
  readonly session: Store<VisitorSessionState>;
  /** Ids that `open` gave → ids of the server, once it has given one. */
  readonly aliases: ReadonlyMap<string, string>;

  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether the visitor sees the chat: a hidden chat reads nothing, and coming back asks the server what was missed. */
  visible(isVisible: boolean): void;
  /** The host site vouches for its user; rejects when the server does not believe it. */
  identify(token: string): Promise<void>;
  /** Ends the session on this device and wipes what is stored. `start` begins as somebody new. */
  logout(): Promise<void>;

  /** Usable at once under the id returned; see `aliases`. */
  open(options?: OpenOptions): string;
  /** Returns the item's key. Never fails: refusals show on the item. */
  send(conversation: string, body: string, options?: SendOptions): string;
  edit(conversation: string, seq: number, body: string): void;
  remove(conversation: string, seq: number): void;
  /** Tries a failed item, or a failed change of an item, once more. */
  retry(conversation: string, key: string): void;
  /** Takes a failed item out and returns its text; of a failed change only the change. */
  discard(conversation: string, key: string): string | undefined;
  rate(conversation: string, score: number, comment?: string): Promise<ChangeResult>;
  close(conversation: string): Promise<ChangeResult>;

  /** Everything that is held has been seen. Waits while the chat is not visible. */
  read(conversation: string): void;
  /** May be called at each key; goes out every 3 s at most. */
  typing(conversation: string, preview?: string): void;
  loadOlder(conversation: string): Promise<void>;
  transcript(conversation: string, locale: string): Promise<Blob>;
  widget(): Promise<WidgetSettings>;
}
