import { type HelloResult, type MethodName, mayReconnect, type Pushes, type PushTarget } from "@gapless-chat/protocol";
import { ChatError, network, toChatError } from "./errors.ts";
import type { Link, OnPush, Request, Result } from "./link.ts";
import { Backoff, Pause } from "./reconnect.ts";
import type { TokenKeeper } from "./token.ts";
import type { ConnectionState } from "./types.ts";

const answerMs = 10_000;
const goAwayJitterMs = 1000;
const probeMs = 60_000;
// So many handshakes fail before the session endpoint is asked, and REST is tried.
const suspicious = 2;

export interface Dial {
  socket(token: string, onPush: OnPush): Promise<Link>;
  /** REST in the socket's place; needed by few, so it may come late. */
  poll(onPush: OnPush): Promise<Link>;
}

export interface ConnectionHost {
  /** What the next Hello says. */
  hello(): Request<"Hello">;
  /** The first answer on a new link. */
  onHello(result: HelloResult, asked: Request<"Hello">): void;
  onPush<T extends PushTarget>(target: T, payload: Pushes[T]): void;
  onState(state: ConnectionState): void;
}

/** Keeps one link to the server, for ever: connects, says Hello, and connects again until it is stopped or the server says that it is over. */
export class Connection {
  readonly #tokens: TokenKeeper;
  readonly #dial: Dial;
  readonly #host: ConnectionHost;
  readonly #backoff = new Backoff();
  readonly #pause = new Pause();
  #state: ConnectionState = { status: "idle", transport: "socket" };
  #link: Link | undefined;
  #leave: ((reason: string) => void) | undefined;
  #failedHandshakes = 0;
  #isRunning = false;
  /** Counts starts: what a stop has left behind ends by it. */
  #run = 0;

  constructor(tokens: TokenKeeper, dial: Dial, host: ConnectionHost) {
    this.#tokens = tokens;
    this.#dial = dial;
    this.#host = host;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#keep(++this.#run);
  }

  stop(reason?: string): void {
    this.#isRunning = false;
    this.#leave?.("stopped");
    this.#pause.cut();
    this.#set({ status: "stopped", ...(reason ? { reason } : {}) });
  }

  /** The network is back, or somebody looks: do not wait any longer. */
  hurry(): void {
    this.#backoff.reset();
    this.#pause.cut();
  }

  /** Ends the link and opens another one at once, with the token of now. */
  renew(): void {
    this.#leave?.("renewed");
    this.hurry();
  }

  async invoke<M extends MethodName>(method: M, request: Request<M>): Promise<Result<M>> {
    const link = this.#link;
    if (!link) throw new ChatError(network);
    return this.#ask(link, method, request);
  }

  async #keep(run: number): Promise<void> {
    while (this.#isRunning && run === this.#run) {
      this.#set({ status: "connecting" });
      const delay = await this.#tokens.get().then(
        (token) =>
          this.#live(token, run).then(
            (reason) => this.#ended(reason),
            (error) => this.#broken(toChatError(error)),
          ),
        (error) => this.#refused(toChatError(error)),
      );
      if (this.#isRunning && run === this.#run) await this.#pause.wait(delay);
    }
  }

  /** One link from its opening to its end; gives the reason. */
  async #live(token: string, run: number): Promise<string | undefined> {
    const left = new Promise<string>((resolve) => {
      this.#leave = resolve;
    });
    const link = await this.#open(token);
    try {
      const request = this.#host.hello();
      const result = await this.#ask(link, "Hello", request);
      if (!this.#isRunning || run !== this.#run) return "stopped";
      this.#failedHandshakes = 0;
      this.#backoff.reset();
      this.#link = link;
      this.#set({ status: "online", transport: link.transport });
      this.#host.onHello(result, request);
      return await this.#until(link, left);
    } finally {
      if (this.#link === link) this.#link = undefined;
      link.close();
    }
  }

  async #open(token: string): Promise<Link> {
    if (this.#failedHandshakes >= suspicious) {
      // The session endpoint answers and sockets fail. After this link the socket gets its turn again.
      this.#failedHandshakes = 0;
      return this.#dial.poll(this.#onPush);
    }
    try {
      return await this.#openSocket(token, this.#onPush);
    } catch (error) {
      // The next attempt asks the session endpoint: a browser cannot see why a handshake failed.
      if (++this.#failedHandshakes >= suspicious) this.#tokens.expire();
      throw error;
    }
  }

  #openSocket(token: string, onPush: OnPush): Promise<Link> {
    return within(answerMs, this.#dial.socket(token, onPush), (late) => late.close());
  }

  async #until(link: Link, left: Promise<string>): Promise<string | undefined> {
    const probe = link.transport === "poll" ? setInterval(() => void this.#probe(), probeMs) : undefined;
    try {
      return await Promise.race([link.ended, left]);
    } finally {
      clearInterval(probe);
    }
  }

  // Over REST: is a socket possible by now?
  async #probe(): Promise<void> {
    try {
      const link = await this.#openSocket(await this.#tokens.get(), () => undefined);
      link.close();
      this.#leave?.("renewed");
    } catch {
      // As before.
    }
  }

  #ended(reason: string | undefined): number {
    if (!this.#isRunning) return 0;
    if (!mayReconnect(reason)) {
      this.stop(reason);
      return 0;
    }
    this.#forget(reason);
    if (reason === "goAway" || reason === "renewed" || reason === "stopped") return 0;
    return this.#wait(reason ?? network);
  }

  #broken(error: ChatError): number {
    if (!this.#isRunning) return 0;
    if (!error.retryable && error.code !== "unauthenticated") {
      this.stop(error.code);
      return 0;
    }
    return Math.max(this.#wait(error.code), error.retryAfterMs ?? 0);
  }

  /** The session endpoint said no, or nothing. */
  #refused(error: ChatError): number {
    if (!this.#isRunning) return 0;
    this.#failedHandshakes = 0;
    if (error.retryable) return Math.max(this.#wait(error.code), error.retryAfterMs ?? 0);
    this.stop(error.detail === "blocked" ? "blocked" : error.code);
    return 0;
  }

  #wait(reason: string): number {
    const delay = this.#backoff.next();
    this.#set({ status: "offline", reason, retryAt: Date.now() + delay });
    return delay;
  }

  async #ask<M extends MethodName>(link: Link, method: M, request: Request<M>): Promise<Result<M>> {
    try {
      return await within(answerMs, link.invoke(method, request));
    } catch (thrown) {
      const error = toChatError(thrown);
      if (error.code === "unauthenticated") this.#tokens.expire();
      // Without an answer it is unknown whether it was done: another link, and the caller asks again.
      if (error.code === network || error.code === "unauthenticated") link.close();
      throw error;
    }
  }

  readonly #onPush: OnPush = (target, payload) => {
    if (target === "goAway") this.#goAway((payload as Pushes["goAway"]).reason);
    else this.#host.onPush(target, payload);
  };

  #goAway(reason: string): void {
    const leave = this.#leave;
    // Now: the server closes at once, and the close does not say why.
    this.#forget(reason);
    if (!mayReconnect(reason)) leave?.(reason);
    else setTimeout(() => leave?.("goAway"), Math.random() * goAwayJitterMs);
  }

  /** A token that is good no longer is not shown again. */
  #forget(reason: string | undefined): void {
    if (reason === "expired" || reason === "access_changed") this.#tokens.expire();
  }

  #set(state: Partial<ConnectionState> & Pick<ConnectionState, "status">): void {
    this.#state = { transport: this.#state.transport, ...state };
    this.#host.onState(this.#state);
  }
}

/** Fails as `network` when there is no answer in time; `late` gets what comes after that. */
async function within<T>(ms: number, promise: Promise<T>, late?: (value: T) => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(new ChatError(network));
    }, ms);
  });
  promise.then((value) => isOver && late?.(value)).catch(() => undefined);
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
