import { ChatError, type ConnectionState, type ConversationState } from "@gapless-chat/client";
import type { PageChat } from "@gapless-chat/client/widget";
import type { WidgetSettings } from "@gapless-chat/protocol";
import type { Fields, Keeps } from "../host/messages";
import type { Look } from "./look";
import { draftOf, forgetDrafts, isStorageBlocked, keepDraft, recall, remember } from "./preferences";
import { chooseLocale, type Locale, loadTexts, type Texts } from "./texts";
import { isJustClosed, lastAt } from "./timeline-rows";

export type View = { readonly name: "start" | "list" } | { readonly name: "conversation"; readonly id: string };
export type Problem = "unknownInbox" | "failed" | "blocked" | "revoked" | "replaced" | "upgrade";

const stops: Readonly<Record<string, Problem>> = {
  blocked: "blocked",
  forbidden: "blocked",
  revoked: "revoked",
  logout: "revoked",
  unauthenticated: "revoked",
  replaced: "replaced",
  upgrade_required: "upgrade",
  not_found: "unknownInbox",
};

/**
 * All that the screens show, and the few changes that are the screens' own. What is said and done in conversations is the client's.
 * Whatever changes, everybody is told and looks at the whole: it is small, and nothing can be forgotten.
 */
export class WidgetState {
  settings: WidgetSettings | undefined;
  isOpen = false;
  /** Where the visitor went or is writing. Absent: where there is most to see. */
  chosenView: View | undefined;
  hasSound = recall("sound") === "on";
  /** Of the host page: its address, and what it knows of the visitor. */
  page: string | undefined;
  fields: Fields = {};
  readonly isStorageBlocked = isStorageBlocked();
  private loadFailure: Problem | undefined;
  /** Nobody was here before with this browser: there is nothing to wait for. */
  private isNew = false;
  private wasSeen: boolean | undefined;
  private renewal: Promise<void> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly chat: PageChat,
    readonly look: Look,
    public locale: Locale,
    public t: Texts,
    readonly onClose: (() => void) | undefined,
  ) {
    chat.conversations.subscribe(() => this.leaveWhatIsGone());
    for (const store of [chat.connection, chat.conversations, chat.session]) store.subscribe(() => this.changed());
    document.addEventListener("visibilitychange", () => this.changed());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get connection(): ConnectionState {
    return this.chat.connection.value;
  }

  get isIdentified(): boolean {
    return this.chat.session.value.identified;
  }

  /** The newest first. */
  get conversations(): readonly ConversationState[] {
    return [...this.chat.conversations.value.values()].sort((one, other) => lastAt(other) - lastAt(one));
  }

  get unread(): number {
    return this.conversations.reduce((sum, one) => sum + one.unread, 0);
  }

  get isSeen(): boolean {
    return this.isOpen && !document.hidden;
  }

  /** Whether it is known what conversations there are, as far as it can be. */
  get isLoaded(): boolean {
    return this.isNew || ["online", "offline", "stopped"].includes(this.connection.status);
  }

  get view(): View {
    return this.chosenView ?? firstView(this.conversations);
  }

  get current(): ConversationState | undefined {
    const { view } = this;
    if (view.name !== "conversation") return undefined;
    const all = this.chat.conversations.value;
    return all.get(this.chat.aliases.get(view.id) ?? view.id);
  }

  get keeps(): Keeps {
    const all = this.conversations;
    if (all.some((one) => one.status !== "closed" || one.unread > 0)) return "open";
    return all.length > 0 ? "past" : "nothing";
  }

  get problem(): Problem | undefined {
    const { status, reason } = this.connection;
    return this.loadFailure ?? (status === "stopped" && reason ? (stops[reason] ?? "failed") : undefined);
  }

  async load(): Promise<void> {
    try {
      this.settings = await this.chat.widget();
      this.loadFailure = undefined;
    } catch (error) {
      this.loadFailure = error instanceof ChatError && error.code === "not_found" ? "unknownInbox" : "failed";
    }
    this.changed();
  }

  /** Once more, whatever it was that failed. */
  async retry(): Promise<void> {
    await Promise.all([this.load(), this.connection.status === "stopped" && this.reconnect()]);
  }

  /** After the server has ended the connection. */
  async reconnect(): Promise<void> {
    await this.chat.stop();
    await this.chat.start();
  }

  /** Connects. Failures show in `connection`. */
  async begin(): Promise<void> {
    await this.chat.start();
    this.isNew = this.chat.session.value.visitorId === undefined;
    this.changed();
  }

  show(view: View): void {
    this.chosenView = view;
    this.changed();
  }

  opened(isOpen: boolean): void {
    const news = this.conversations.find((one) => one.unread > 0);
    if (isOpen && !this.isOpen && news && !this.current) this.chosenView = { name: "conversation", id: news.id };
    this.isOpen = isOpen;
    this.changed();
  }

  /** Opens a conversation with its first message and goes there. */
  openWith(body: string, answers: Fields): void {
    const all = Object.entries({ ...this.fields, ...answers });
    const fields = Object.fromEntries(all.filter(([, value]) => value !== ""));
    const { page } = this;
    const id = this.chat.open({ body, ...(Object.keys(fields).length > 0 && { fields }), ...(page && { page }) });
    this.show({ name: "conversation", id });
  }

  async setLocale(locale: Locale): Promise<void> {
    this.t = await loadTexts(locale);
    this.locale = locale;
    remember("locale", locale);
    this.changed();
  }

  setSound(isOn: boolean): void {
    this.hasSound = isOn;
    remember("sound", isOn ? "on" : "off");
    this.changed();
  }

  /** After the session has ended. What another tab has ended is forgotten already, and what that tab has begun since is the same visitor's. */
  continueHere(): Promise<void> {
    this.renewal ??= (this.connection.reason === "logout" ? this.begin() : this.startAfresh()).finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  /** As somebody who comes for the first time. */
  async startAfresh(): Promise<void> {
    await this.forget();
    await this.begin();
  }

  /** Ends the session; here also when the server cannot be told. */
  async forget(): Promise<void> {
    forgetDrafts();
    this.chosenView = undefined;
    await this.chat.logout().catch(() => undefined);
  }

  /** A conversation that was shown can go: its opening was refused and given up. What is written is for the next one. */
  private leaveWhatIsGone(): void {
    if (this.connection.reason === "logout") {
      forgetDrafts();
      this.chosenView = undefined;
      return;
    }
    if (this.chosenView?.name !== "conversation" || this.current) return;
    const { id } = this.chosenView;
    const text = [draftOf(id), draftOf("start")].filter(Boolean).join("\n");
    keepDraft(id, "");
    keepDraft("start", text);
    this.chosenView = text ? { name: "start" } : undefined;
  }

  private changed(): void {
    // A conversation that is shown stays: what arrives elsewhere does not take its place.
    if (this.isLoaded && this.isOpen && this.view.name === "conversation") this.chosenView = this.view;
    const { isSeen, current } = this;
    if (isSeen !== this.wasSeen) this.chat.visible(isSeen);
    this.wasSeen = isSeen;
    if (isSeen && current && current.unread > 0) this.chat.read(current.id);
    for (const listener of this.listeners) listener();
  }
}

/** Where a visitor comes to: the conversation that has news, goes on or was just closed, the list when all is over, the start when there is nothing. */
function firstView(all: readonly ConversationState[]): View {
  const going = all.find((one) => one.unread > 0) ?? all.find((one) => one.status !== "closed") ?? all.find(isJustClosed);
  if (going) return { name: "conversation", id: going.id };
  return { name: all.length > 0 ? "list" : "start" };
}

/** What the visitor chose here before counts for more than what the page says. */
export const localeOf = (look: Look): Locale => chooseLocale(recall("locale"), look.locale, ...navigator.languages);
