import { parseColor } from "@gapless-chat/screens/color";
import type { Fields, Keeps, ToHost } from "../host/messages";
import { Frame } from "./frame";
import { Launcher } from "./launcher";
import { readMarker, writeMarker } from "./marker";
import { frameAddress, type Settings } from "./settings";
import { showUnread } from "./title";

export type Token = string | (() => string | undefined | Promise<string | undefined>);
export type Listener = (detail?: unknown) => void;

/** The widget on the host page: what its script can do, and the state that launcher and frame share. */
export class Widget {
  readonly #settings: Settings;
  readonly #launcher: Launcher;
  readonly #listeners = new Map<string, Set<Listener>>();
  #frame: Frame | undefined;
  #isOpen = false;
  #unread = 0;
  #keeps: Keeps = "nothing";
  /** Asked for while no frame listened: it ends the session before it begins anything. */
  #loggingOut = false;
  #fields: Fields = {};
  #token: Token | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#launcher = new Launcher(settings, () => (this.#isOpen ? this.close() : this.open()));
    this.#launcher.attach();
    const marker = readMarker(settings.inbox);
    if (!marker) return;
    this.#keeps = marker === "past" ? "past" : "open";
    // A panel that fills the screen would hide the page that the visitor went to.
    if (marker === "open" && innerWidth > 480) this.#show(false);
    else if (marker !== "past") this.#load();
  }

  open(): void {
    if (!this.#isOpen) this.#show(true);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#changed();
    this.#frame?.send({ type: "close" });
    this.#launcher.focus();
    this.#emit("close");
  }

  identify(token: Token): void {
    this.#token = token;
    this.#frame?.send({ type: "identify" });
  }

  logout(): void {
    this.#token = undefined;
    this.close();
    // A session of an earlier page lies in the frame's storage, and only the frame can end it.
    if (this.#keeps !== "nothing") this.#load();
    this.#loggingOut = this.#keeps !== "nothing";
    this.#frame?.send({ type: "logout" });
  }

  setFields(fields: Record<string, unknown>): void {
    const texts = Object.entries(fields).map(([name, value]) => [name, String(value)]);
    this.#fields = { ...this.#fields, ...Object.fromEntries(texts) };
    this.#frame?.send({ type: "fields", fields: this.#fields });
  }

  /** Events: open, close, unread (a number), conversation (its id). Gives the way to end it. */
  on(name: string, listener: Listener): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  #show(focus: boolean): void {
    this.#isOpen = true;
    this.#load();
    this.#changed();
    this.#frame?.send({ type: "open" });
    if (focus) this.#frame?.focus();
    this.#emit("open");
  }

  #load(): void {
    const settings = this.#settings;
    const launcher = this.#launcher;
    this.#frame ??= new Frame(launcher.panel, frameAddress(settings), launcher.title, settings.origin, (message) =>
      this.#receive(message),
    );
  }

  #receive(message: ToHost): void {
    if (message.type === "ready") this.#start();
    else if (message.type === "close") this.close();
    else if (message.type === "token") void this.#answerToken();
    else if (message.type === "conversation") this.#emit("conversation", message.id);
    else if (message.type === "state") this.#state(message);
  }

  #start(): void {
    const page = location.href.split("#")[0] ?? "";
    const identified = this.#token !== undefined;
    this.#frame?.send({ type: "start", page, fields: this.#fields, identified, open: this.#isOpen, logout: this.#loggingOut });
  }

  #state(state: Extract<ToHost, { type: "state" }>): void {
    const color = parseColor(state.color);
    if (color && !this.#settings.colorGiven) this.#launcher.color = color;
    const isNews = state.unread !== this.#unread;
    this.#unread = state.unread;
    this.#keeps = state.keeps;
    this.#changed();
    if (isNews) this.#emit("unread", state.unread);
  }

  async #answerToken(): Promise<void> {
    let token: string | undefined;
    try {
      token = typeof this.#token === "function" ? await this.#token() : this.#token;
    } catch (error) {
      reportError(error);
    }
    this.#frame?.send({ type: "token", ...(typeof token === "string" && { token }) });
  }

  #changed(): void {
    this.#launcher.update(this.#isOpen, this.#unread);
    showUnread(this.#unread);
    const keeps = this.#keeps;
    writeMarker(
      this.#settings.inbox,
      keeps === "nothing" ? undefined : keeps === "past" ? "past" : this.#isOpen ? "open" : "closed",
    );
  }

  #emit(name: string, detail?: unknown): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(detail);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
