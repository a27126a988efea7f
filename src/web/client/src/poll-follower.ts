import type { ChatEvent, Cursor, HistoryResult } from "@gapless-chat/protocol";
import { toChatError } from "./errors.ts";
import type { OnPush } from "./link.ts";
import { Backoff, Pause } from "./reconnect.ts";

/** Waits for the next events of one conversation, again and again. */
export class PollFollower {
  cursor: Cursor;
  readonly #ask: (path: string) => Promise<HistoryResult>;
  readonly #onPush: OnPush;
  readonly #stop: AbortSignal;
  readonly #backoff = new Backoff();
  readonly #pause = new Pause();
  #isWanted = false;
  #isRunning = false;

  constructor(cursor: Cursor, ask: (path: string) => Promise<HistoryResult>, onPush: OnPush, stop: AbortSignal) {
    this.cursor = cursor;
    this.#ask = ask;
    this.#onPush = onPush;
    this.#stop = stop;
  }

  /** A page was read: it goes on from there. */
  move(cursor: Cursor): void {
    if (cursor.epoch !== this.cursor.epoch || cursor.seq > this.cursor.seq) this.cursor = cursor;
  }

  wait(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted && !this.#isRunning) void this.#run();
  }

  take(events: readonly ChatEvent[]): void {
    for (const event of events) {
      this.#onPush("event", event);
      this.move({ ...this.cursor, seq: event.seq });
    }
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isWanted && !this.#stop.aborted) {
      const { conversationId, epoch, seq } = this.cursor;
      try {
        const answer = await this.#ask(`/conversations/${conversationId}/events?after=${seq}&epoch=${epoch}`);
        this.#backoff.reset();
        if (answer.epoch === this.cursor.epoch) this.take(answer.events);
        else if (answer.epoch > this.cursor.epoch) await this.#ofAnotherLog(conversationId);
        // A node that has not heard of the log that is held answers at once, again and again.
        else await this.#pause.wait(1000 + this.#backoff.next());
      } catch (error) {
        if (!toChatError(error).retryable) break;
        await this.#pause.wait(this.#backoff.next());
      }
    }
    this.#isRunning = false;
  }

  // What comes of it moves the cursor.
  async #ofAnotherLog(conversationId: string): Promise<void> {
    this.#onPush("resync", { conversationId, reason: "epoch" });
    await this.#pause.wait(1000 + this.#backoff.next());
  }
}
