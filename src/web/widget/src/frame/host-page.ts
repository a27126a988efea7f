import { type Fields, parse, post, type ToFrame, type ToHost, toFrameChecks } from "../host/messages";

const tokenWaitMs = 10_000;

export interface HostListener {
  start(message: Extract<ToFrame, { type: "start" }>): void;
  opened(isOpen: boolean): void;
  fields(fields: Fields): void;
  identify(): void;
  logout(): void;
}

/** The host page as the frame knows it. Only the parent window at the origin that the look names is heard, and only it is told anything. */
export class HostPage {
  private answer: ((token: string | undefined) => void) | undefined;

  constructor(
    private readonly origin: string,
    private readonly listener: HostListener,
  ) {
    addEventListener("message", (event) => this.receive(event));
    this.tell({ type: "ready" });
  }

  tell(message: ToHost): void {
    post(parent, this.origin, message);
  }

  /** A fresh token of the host site, which ends after minutes: asked for each time. Nothing when the page has none or does not answer. */
  token(): Promise<string | undefined> {
    this.answer?.(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, tokenWaitMs, undefined);
      this.answer = (token) => {
        clearTimeout(timer);
        resolve(token);
      };
      this.tell({ type: "token" });
    });
  }

  private receive(event: MessageEvent): void {
    if (event.source !== parent || event.origin !== this.origin) return;
    const message = parse<ToFrame>(event.data, toFrameChecks);
    if (message) this.dispatch(message);
  }

  private dispatch(message: ToFrame): void {
    const { listener } = this;
    if (message.type === "start") listener.start(message);
    else if (message.type === "fields") listener.fields(message.fields);
    else if (message.type === "token") this.answer?.(message.token);
    else if (message.type === "identify") listener.identify();
    else if (message.type === "logout") listener.logout();
    else listener.opened(message.type === "open");
  }
}
