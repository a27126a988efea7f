/** A value that changes. Values are immutable: another value is another object. */
export interface Store<T> {
  readonly value: T;
  /** Calls the listener after each change, once for all changes of one microtask. Returns what ends it. */
  subscribe(listener: (value: T) => void): () => void;
}

/** A store that its owner sets. */
export class Cell<T> implements Store<T> {
  #value: T;
  #listeners = new Set<(value: T) => void>();
  #isScheduled = false;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#notify());
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  subscribe(listener: (value: T) => void): () => void {
    // One entry for each subscription, also of a listener that subscribes twice.
    const entry = (value: T) => listener(value);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  #notify(): void {
    this.#isScheduled = false;
    for (const listener of [...this.#listeners]) listener(this.#value);
  }
}

/** What follows from another store. */
export class Derived<T, U> implements Store<U> {
  readonly #source: Store<T>;
  readonly #of: (value: T) => U;

  constructor(source: Store<T>, of: (value: T) => U) {
    this.#source = source;
    this.#of = of;
  }

  get value(): U {
    return this.#of(this.#source.value);
  }

  subscribe(listener: (value: U) => void): () => void {
    let last = this.value;
    return this.#source.subscribe((source) => {
      const value = this.#of(source);
      if (Object.is(value, last)) return;
      last = value;
      listener(value);
    });
  }
}
