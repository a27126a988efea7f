import type { WidgetSettings } from "@gapless-chat/protocol";
import type { PushMessage, PushReceipt } from "./push.ts";
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
  /** Asked at the start of a session, and when one has ended: the host site's token of its user, or nothing for an anonymous one. */
  identity?: () => Promise<string | undefined>;
  /** One connection for all tabs of a browser; on where the browser can do it. */
  shareTabs?: boolean;
  /**
   * By default IndexedDB, or memory where there is none or it is blocked; `memory` keeps nothing across restarts. Elsewhere `openFileStorage` of
   * `@gapless-chat/client/node` or `openKeyValueStorage` of `@gapless-chat/client/key-value`, one for each chat.
   */
  storage?: "browser" | "memory" | ClientStorage;
}

/** The visitor's side on a page. Nothing touches network or storage before `start`. */
export interface PageChat {
  readonly connection: Store<ConnectionState>;
  readonly conversations: Store<ConversationMap>;
  readonly session: Store<VisitorSessionState>;
  /** Ids that `open` gave → ids of the server, once it has given one. */
  readonly aliases: ReadonlyMap<string, string>;

  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether the visitor sees the chat: a hidden chat reads nothing, and coming back asks the server what was missed. */
  visible(isVisible: boolean): void;
  /** The host site vouches for its user; rejects when the server does not believe it. What another user left unsent is dropped. */
  identify(token: string): Promise<void>;
  /**
   * Ends the session on this device and wipes what is stored. `start` begins as somebody new. Without a connection the server hears of it after the next
   * start: until then the session's refresh token is kept, and nothing else.
   */
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

/** The visitor's side, also in apps. */
export interface VisitorChat extends PageChat {
  /** Unread messages of all conversations. */
  readonly unread: Store<number>;

  /**
   * Where this device is to be woken for messages that it does not have and the visitor has not read: a word that the service which wakes it knows, such
   * as `fcm` or `apns`, and the device's address there. Kept, and told to the server now or on the next connection, and once after each start; told again for another
   * visitor; a logout ends it. Rejects when the server refuses the address.
   */
  registerDevice(platform: string, token: string): Promise<void>;
  /** It is to be woken no longer. */
  unregisterDevice(): Promise<void>;
  /**
   * What a push is about, asked for once without a connection, and told to the server as delivered. For what the system wakes an app with (`parsePush` of
   * `@gapless-chat/client/push`), also before `start`. Undefined: this device is nobody's or another visitor's by now, show nothing. Never rejects for want of a
   * network: then the receipt has what the push says. `links`: how the app's links to conversations begin.
   */
  receivePush(push: PushMessage, links?: string): Promise<PushReceipt | undefined>;
}
