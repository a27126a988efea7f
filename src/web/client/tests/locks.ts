interface Waiting {
  callback: (lock: object | null) => unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Web Locks, as far as tabs use them: exclusive, in order, given up by an abort. Node 20 has none. */
export class Locks {
  #held = new Set<string>();
  #queues = new Map<string, Waiting[]>();

  request(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    callback: Waiting["callback"],
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = { callback, resolve, reject };
      if (options.ifAvailable && this.#held.has(name)) {
        resolve(callback(null));
        return;
      }
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      queue.push(waiting);
      options.signal?.addEventListener("abort", () => {
        const index = queue.indexOf(waiting);
        if (index >= 0) queue.splice(index, 1);
        reject(options.signal?.reason);
      });
      queueMicrotask(() => this.#grant(name));
    });
  }

  #grant(name: string): void {
    if (this.#held.has(name)) return;
    const next = this.#queues.get(name)?.shift();
    if (!next) return;
    this.#held.add(name);
    const given = Promise.resolve(next.callback({ name }));
    given.then(next.resolve, next.reject).finally(() => {
      this.#held.delete(name);
      this.#grant(name);
    });
  }
}
