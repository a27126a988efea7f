import { parse, post, type ToFrame, type ToHost, toHostChecks } from "../host/messages";

/** The frame of the chat, and the only channel to it. Says nothing before the frame says that it listens. */
export class Frame {
  readonly #origin: string;
  readonly #onMessage: (message: ToHost) => void;
  readonly #iframe = document.createElement("iframe");
  #ready = false;

  constructor(parent: Element, address: string, title: string, origin: string, onMessage: (message: ToHost) => void) {
    this.#origin = origin;
    this.#onMessage = onMessage;
    this.#iframe.title = title;
    this.#iframe.allow = "autoplay; clipboard-write";
    this.#iframe.src = address;
    addEventListener("message", this.#receive);
    parent.append(this.#iframe);
  }

  send(message: ToFrame): void {
    // What is said before that is part of the start message, made when the frame is ready.
    if (this.#ready && this.#iframe.contentWindow) post(this.#iframe.contentWindow, this.#origin, message);
  }

  focus(): void {
    this.#iframe.focus();
  }

  readonly #receive = (event: MessageEvent): void => {
    if (event.origin !== this.#origin || event.source !== this.#iframe.contentWindow) return;
    const message = parse<ToHost>(event.data, toHostChecks);
    if (!message) return;
    if (message.type === "ready") this.#ready = true;
    this.#onMessage(message);
  };
}
