import type { Fields, ToFrame } from "../host/messages";
import { HostPage } from "./host-page";
import { pageOf } from "./page";
import type { WidgetState } from "./state";

const startWaitMs = 2000;

/** What the host page says, done; and what it should know, told. A frame that nobody answers to goes on by itself. */
export class HostLink {
  private page: HostPage | undefined;
  private isIdentified = false;

  constructor(private readonly origin: string | undefined) {}

  /** Listens, and ends when the page has said how to begin. */
  attach(state: WidgetState): Promise<void> {
    const { origin } = this;
    if (!origin) {
      state.opened(true);
      return Promise.resolve();
    }
    const { promise, resolve } = withResolvers();
    setTimeout(resolve, startWaitMs);
    this.page = new HostPage(origin, {
      start: (first) => void this.start(state, first).then(resolve),
      opened: (isOpen) => state.opened(isOpen),
      fields: (fields: Fields) => {
        state.fields = fields;
      },
      identify: () => void this.identify(state),
      logout: () => {
        this.isIdentified = false;
        void state.startAfresh();
      },
    });
    this.report(state, this.page);
    return promise;
  }

  close(): void {
    this.page?.tell({ type: "close" });
  }

  /** The site's token of its user, for a session that begins. */
  async identity(): Promise<string | undefined> {
    return this.isIdentified ? this.page?.token() : undefined;
  }

  private async start(state: WidgetState, first: Extract<ToFrame, { type: "start" }>): Promise<void> {
    this.isIdentified = first.identified;
    state.page = pageOf(first.page);
    state.fields = first.fields;
    state.opened(first.open);
    if (first.logout) await state.forget();
  }

  /** The site's user came after the start. What the server refuses leaves the visitor as he was. */
  private async identify(state: WidgetState): Promise<void> {
    this.isIdentified = true;
    const token = await this.page?.token();
    if (token) await state.chat.identify(token).catch(() => undefined);
  }

  /** Tells the page what its launcher shows and keeps, whenever that is something else than before. */
  private report(state: WidgetState, page: HostPage): void {
    let toldState = "";
    let toldId: string | undefined;
    state.subscribe(() => {
      // Before it is known what there is, "nothing" would make the page forget a conversation.
      if (!state.isLoaded) return;
      const color = state.settings?.appearance.color;
      const message = { type: "state" as const, unread: state.unread, keeps: state.keeps, ...(color && { color }) };
      const text = JSON.stringify(message);
      if (text !== toldState) page.tell(message);
      toldState = text;
      const id = state.current?.conversation?.id;
      if (id && id !== toldId) page.tell({ type: "conversation", id });
      toldId = id ?? toldId;
    });
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
