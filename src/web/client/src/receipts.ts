const markEveryMs = 1000;
const typingEveryMs = 3000;
const viewingEveryMs = 30_000;

export type MarkName = "Read" | "Delivered";

interface Mark {
  seq: number;
  /** What is under way or was answered; 0: nothing, or it failed. */
  said: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Tells how far one has got: each conversation once a second at most, and what got no answer again after the next connect. */
export class Receipts {
  readonly #send: (method: MarkName, conversationId: string, seq: number) => Promise<void>;
  #marks = new Map<string, Mark>();

  constructor(send: (method: MarkName, conversationId: string, seq: number) => Promise<void>) {
    this.#send = send;
  }

  mark(method: MarkName, conversationId: string, seq: number): void {
    const key = `${method} ${conversationId}`;
    const mark = this.#marks.get(key) ?? { seq: 0, said: 0, timer: undefined };
    this.#marks.set(key, mark);
    if (seq <= mark.seq) return;
    mark.seq = seq;
    if (mark.timer === undefined) this.#go(method, conversationId, mark);
  }

  /** Connected again. */
  again(): void {
    for (const [key, mark] of this.#marks) {
      const [method, conversationId] = key.split(" ") as [MarkName, string];
      if (mark.seq <= mark.said) continue;
      // What failed on the connection before is not said again by the timer, and need not wait for it.
      clearTimeout(mark.timer);
      this.#go(method, conversationId, mark);
    }
  }

  /** Of another log: its numbers mean something else. */
  forget(conversationId: string): void {
    for (const method of ["Read", "Delivered"]) {
      const key = `${method} ${conversationId}`;
      clearTimeout(this.#marks.get(key)?.timer);
      this.#marks.delete(key);
    }
  }

  clear(): void {
    for (const mark of this.#marks.values()) clearTimeout(mark.timer);
    this.#marks.clear();
  }

  #go(method: MarkName, conversationId: string, mark: Mark): void {
    const { seq } = mark;
    mark.said = seq;
    this.#send(method, conversationId, seq).catch(() => {
      if (mark.said === seq) mark.said = 0;
    });
    mark.timer = setTimeout(() => {
      mark.timer = undefined;
      if (mark.seq > seq) this.#go(method, conversationId, mark);
    }, markEveryMs);
  }
}

/** Lets through what may be said again by now. */
export class TypingThrottle {
  #last = new Map<string, number>();

  allows(conversationId: string): boolean {
    const now = performance.now();
    if (now - (this.#last.get(conversationId) ?? Number.NEGATIVE_INFINITY) < typingEveryMs) return false;
    this.#last.set(conversationId, now);
    return true;
  }

  /** What was typed has been sent: the next key starts anew. */
  reset(conversationId: string): void {
    this.#last.delete(conversationId);
  }
}

/** Tells colleagues which conversation is looked at, again and again while it is. */
export class Viewing {
  readonly #send: (conversationId: string) => Promise<void>;
  #viewed: string | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(send: (conversationId: string) => Promise<void>) {
    this.#send = send;
  }

  show(conversationId: string | undefined): void {
    if (conversationId === this.#viewed) return;
    this.#viewed = conversationId;
    clearInterval(this.#timer);
    if (conversationId === undefined) return;
    const tell = () => void this.#send(conversationId).catch(() => undefined);
    this.#timer = setInterval(tell, viewingEveryMs);
    tell();
  }
}
