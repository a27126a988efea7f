import { isOpening, type OutboxItem } from "./outbox-item.ts";
import type { ClientStorage } from "./storage.ts";

export interface ItemsHost {
  /** The conversation's waiting changes are others now. */
  changed(conversationId: string): void;
  /** The conversation's id of the server, once an opening has given one. */
  resolve(conversationId: string): string;
}

/**
 * The items of an outbox, held and stored. Storing takes time, in which an item is stored, changed or settled: so what is held changes at once, always from
 * what is held at that moment, and the store follows in the same order.
 */
export class OutboxItems {
  readonly #storage: ClientStorage;
  readonly #host: ItemsHost;
  #held: OutboxItem[] = [];
  /** Settled here: a read of the store that began before must not bring them back. */
  #gone = new Set<string>();
  /** Newer than what a read of the store may give. */
  #unwritten = new Set<OutboxItem>();
  /** Counts what `clear` has ended: a read that began before gives nothing. */
  #run = 0;

  constructor(storage: ClientStorage, host: ItemsHost) {
    this.#storage = storage;
    this.#host = host;
  }

  get all(): readonly OutboxItem[] {
    return this.#held;
  }

  get conversations(): Set<string> {
    return new Set(this.#held.map((item) => item.conversationId));
  }

  of(conversationId: string): OutboxItem[] {
    return this.#held.filter((item) => item.conversationId === conversationId);
  }

  get(clientId: string): OutboxItem | undefined {
    return this.#held.find((item) => item.clientId === clientId);
  }

  /** Takes what the store has: at the start, and after another tab has changed it. */
  async reload(): Promise<void> {
    const run = this.#run;
    const before = new Set(this.#held.filter((item) => item.order !== undefined).map((item) => item.clientId));
    const read = await this.#storage.items();
    if (run !== this.#run) return;
    const stored = read.filter((item) => !this.#gone.has(item.clientId)).map((item) => this.#addressed(item));
    const touched = this.conversations;
    this.#held = this.#storage.isShared ? this.#withUnstored(stored, before) : this.#withEarlier(stored);
    for (const id of this.conversations) touched.add(id);
    for (const id of touched) this.#host.changed(id);
  }

  /** Resolves when it is stored. */
  async add(item: OutboxItem): Promise<void> {
    this.#held.push(item);
    this.#host.changed(item.conversationId);
    const order = await this.#storage.add(item);
    const current = this.get(item.clientId);
    if (!current) return this.#storage.remove(order);
    const stored = { ...current, order };
    this.#held[this.#held.indexOf(current)] = stored;
    if (current !== item) await this.#put(stored);
  }

  async change(clientId: string, change: (item: OutboxItem) => OutboxItem): Promise<void> {
    const before = this.get(clientId);
    if (!before) return;
    const after = change(before);
    this.#held[this.#held.indexOf(before)] = after;
    if (before.conversationId !== after.conversationId) this.#host.changed(before.conversationId);
    this.#host.changed(after.conversationId);
    // What is being stored is written as it is then.
    if (after.order !== undefined) await this.#put(after);
  }

  /** It is held no longer; gives it as it was. */
  forget(clientId: string): OutboxItem | undefined {
    const item = this.get(clientId);
    if (!item) return undefined;
    this.#held.splice(this.#held.indexOf(item), 1);
    this.#gone.add(clientId);
    this.#host.changed(item.conversationId);
    return item;
  }

  async unstore({ order }: OutboxItem): Promise<void> {
    if (order !== undefined) await this.#storage.remove(order);
  }

  /** Whether it is stored, or being stored: another tab, or the author in it, may have settled it. */
  async isStored({ order }: OutboxItem): Promise<boolean> {
    return order === undefined || this.#storage.has(order);
  }

  clear(): void {
    this.#run++;
    this.#held = [];
  }

  /** Another tab may have stored it under the opening's id, in the moment in which it got its own. */
  #addressed(item: OutboxItem): OutboxItem {
    return isOpening(item) ? item : { ...item, conversationId: this.#host.resolve(item.conversationId) };
  }

  /** What came to be stored or changed while the store was read is not in the answer. */
  #withUnstored(stored: OutboxItem[], before: ReadonlySet<string>): OutboxItem[] {
    const newer = new Map(this.#held.filter((item) => this.#isUnwritten(item)).map((item) => [item.clientId, item]));
    const known = new Set(stored.map((item) => item.clientId));
    return [
      ...stored.map((item) => newer.get(item.clientId) ?? item),
      ...this.#held.filter((item) => !known.has(item.clientId) && !before.has(item.clientId)),
    ];
  }

  /** Nobody else changes the store: what is held counts, in the order in which it was written, behind what was left by an earlier process. */
  #withEarlier(stored: OutboxItem[]): OutboxItem[] {
    const held = new Set(this.#held.map((item) => item.clientId));
    return [...stored.filter((item) => !held.has(item.clientId)), ...this.#held];
  }

  #isUnwritten(item: OutboxItem): boolean {
    return item.order === undefined || this.#unwritten.has(item);
  }

  async #put(item: OutboxItem): Promise<void> {
    this.#unwritten.add(item);
    await this.#storage.put(item);
    this.#unwritten.delete(item);
  }
}
