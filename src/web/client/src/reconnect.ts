const baseMs = 500;
const capMs = 30_000;

/** Full jitter: a random part of a span that doubles, so that many clients do not come back at once. Never gives up. */
export class Backoff {
  #failures = 0;

  next(): number {
    return Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(this.#failures++, 10));
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** A wait that can be cut short. */
export class Pause {
  #wake: (() => void) | undefined;

  async wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  cut(): void {
    this.#wake?.();
  }
}
