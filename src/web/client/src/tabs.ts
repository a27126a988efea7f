import { ChatError, network } from "./errors.ts";
import { newId } from "./new-id.ts";

/** What tabs say to each other. `to` names one tab; without it all others are meant. */
interface Envelope<Message> {
  from: string;
  to?: string;
  message: Message;
}

export interface TabsHost<Message> {
  /** This tab has the connection from now on. */
  lead(): void;
  /** Another tab has taken the lead: this one was asleep. */
  follow(): void;
  hear(message: Message, from: string): void;
}

/** Whether this browser can share a connection between tabs. */
export function canShareTabs(): boolean {
  return typeof BroadcastChannel === "function" && typeof navigator === "object" && navigator.locks !== undefined;
}

/**
 * One of a browser's tabs leads: it holds a lock, which the browser passes on when the tab ends in whatever way. The others hear from it.
 */
export class Tabs<Message> {
  readonly #id = newId();
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #host: TabsHost<Message>;
  #release: (() => void) | undefined;
  #isOver = false;
  #waiting = new AbortController();

  constructor(name: string, host: TabsHost<Message>) {
    this.#name = name;
    this.#host = host;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Envelope<Message>>) => {
      if (data.to === undefined || data.to === this.#id) this.#host.hear(data.message, data.from);
    };
  }

  get isLeading(): boolean {
    return this.#release !== undefined;
  }

  /** Resolves when it is known whether this tab leads; it may still come to lead at any later time. */
  async join(): Promise<void> {
    const isFirst = await new Promise<boolean>((decided) => {
      this.#keep(
        navigator.locks.request(this.#name, { ifAvailable: true }, (lock) =>
          lock ? this.#hold(() => decided(true)) : decided(false),
        ),
      );
    });
    if (!isFirst && !this.#isOver) this.#queue();
  }

  /** Takes the lead from a tab that does not answer: browsers put tabs to sleep, with the lock that they hold. */
  steal(): void {
    this.#waiting.abort();
    this.#keep(navigator.locks.request(this.#name, { steal: true }, () => this.#hold()));
  }

  post(message: Message, to?: string): void {
    this.#channel.postMessage({ from: this.#id, ...(to === undefined ? {} : { to }), message } satisfies Envelope<Message>);
  }

  leave(): void {
    this.#isOver = true;
    this.#waiting.abort();
    this.#channel.onmessage = null;
    this.#channel.close();
    this.#release?.();
  }

  #queue(): void {
    this.#waiting = new AbortController();
    this.#keep(navigator.locks.request(this.#name, { signal: this.#waiting.signal }, () => this.#hold()));
  }

  /** A lock that is held ends by an error only when another tab steals it. */
  #keep(request: Promise<unknown>): void {
    request.catch(() => {
      if (!this.#release || this.#isOver) return;
      this.#release = undefined;
      this.#host.follow();
      this.#queue();
    });
  }

  #hold(decided?: () => void): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise<void>((resolve) => {
      this.#release = resolve;
      decided?.();
      this.#host.lead();
    });
  }
}

/** Calls that the leading tab makes for this one. They are made again when another tab has come to lead. */
export class SharedCalls<Call> {
  readonly #post: (id: string, call: Call) => void;
  #open = new Map<string, { call: Call; resolve(value: unknown): void; reject(error: ChatError): void }>();

  constructor(post: (id: string, call: Call) => void) {
    this.#post = post;
  }

  ask(call: Call): Promise<unknown> {
    const id = newId();
    return new Promise((resolve, reject) => {
      this.#open.set(id, { call, resolve, reject });
      this.#post(id, call);
    });
  }

  answer(id: string, value: unknown, error?: string): void {
    const asked = this.#open.get(id);
    this.#open.delete(id);
    if (error) asked?.reject(new ChatError(error));
    else asked?.resolve(value);
  }

  repeat(): void {
    for (const [id, { call }] of this.#open) this.#post(id, call);
  }

  /** This tab leads now, or ends: its callers ask by themselves. */
  drop(): void {
    for (const { reject } of this.#open.values()) reject(new ChatError(network));
    this.#open.clear();
  }
}
