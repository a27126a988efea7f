import { type Cursor, limits } from "@gapless-chat/protocol";
import { toChatError } from "./errors.ts";
import { Backoff } from "./reconnect.ts";

export interface RepairHost {
  /** What is held of a conversation; undefined: it is not wanted any more. */
  cursorOf(id: string): Cursor | undefined;
  /** Asks for what is after the cursors; the pages are taken when it resolves. */
  sync(cursors: Cursor[]): Promise<unknown>;
}

/** Gets what is missing. Holes wait a moment, since what is missing mostly comes by itself. */
export class Repair {
  readonly #host: RepairHost;
  readonly #backoff = new Backoff();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #wanted = new Set<string>();
  #isRunning = false;

  constructor(host: RepairHost) {
    this.#host = host;
  }

  /** Unless it has been filled by then: `isFilled` is asked. */
  later(id: string, ms: number, isFilled: () => boolean): void {
    if (this.#timers.has(id)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(id);
      if (!isFilled()) this.now([id]);
    }, ms);
    this.#timers.set(id, timer);
  }

  now(ids: Iterable<string>): void {
    for (const id of ids) this.#wanted.add(id);
    if (!this.#isRunning) void this.#run();
  }

  /** A Hello answers for everything. */
  cancel(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#wanted.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What is asked for in one go goes out as one call.
    await Promise.resolve();
    while (this.#wanted.size > 0) {
      const ids = [...this.#wanted].slice(0, limits.Cursors);
      for (const id of ids) this.#wanted.delete(id);
      const cursors = ids.map((id) => this.#host.cursorOf(id)).filter((cursor) => cursor !== undefined);
      if (cursors.length > 0) await this.#sync(ids, cursors);
    }
    this.#isRunning = false;
  }

  async #sync(ids: string[], cursors: Cursor[]): Promise<void> {
    try {
      await this.#host.sync(cursors);
      this.#backoff.reset();
    } catch (thrown) {
      const { code, retryable } = toChatError(thrown);
      // The connection is gone: the next Hello asks for the same.
      if (code === "network" || !retryable) return;
      for (const id of ids) this.later(id, this.#backoff.next(), () => false);
    }
  }
}
