import type { ChatEvent } from "@gapless-chat/protocol";
import { ChatError, toChatError, tooManyOpen } from "./errors.ts";
import { isOpening, isShown, type OutboxItem } from "./outbox-item.ts";
import { Backoff } from "./reconnect.ts";
import type { ClientStorage } from "./storage.ts";
import type { ChangeResult } from "./types.ts";

/** What came of a change, for all tabs. */
export interface Settled {
  clientId: string;
  result?: ChangeResult;
  error?: string;
}

export interface Delivered {
  result: ChangeResult;
  /** Of an opening: the conversation's id of the server. */
  conversationId?: string;
}

export interface OutboxHost {
  /** Sends a change; throws a `ChatError`. */
  deliver(item: OutboxItem): Promise<Delivered>;
  /** The conversation's waiting changes are others now. */
  changed(conversationId: string): void;
  /** The store was changed: other tabs should look. */
  stored(): void;
  told(outcome: Settled): void;
  /** The conversation's id of the server, once an opening has given one. */
  resolve(conversationId: string): string;
}

interface Waiter {
  resolve(result: ChangeResult): void;
  reject(error: ChatError): void;
}

/**
 * Changes until they are acknowledged. Each has a clientId made once, so sending again is safe. In order for each conversation, one in flight; stored
 * before it is sent. Refused and held ones stay aside for their author and block nothing.
 */
export class Outbox {
  readonly #storage: ClientStorage;
  readonly #host: OutboxHost;
  #items: OutboxItem[] = [];
  #busy = new Set<string>();
  #inFlight = new Set<string>();
  #pauses = new Map<string, ReturnType<typeof setTimeout>>();
  #backoffs = new Map<string, Backoff>();
  #waiters = new Map<string, Waiter>();
  /** Settled here: a read of the store that began before must not bring them back. */
  #gone = new Set<string>();
  #isOpen = false;
  /** Written in this process before anybody was greeted: by whoever will be. */
  #unowned: Set<string> | undefined = new Set();

  constructor(storage: ClientStorage, host: OutboxHost) {
    this.#storage = storage;
    this.#host = host;
  }

  get conversations(): Set<string> {
    return new Set(this.#items.map((item) => item.conversationId));
  }

  of(conversationId: string): OutboxItem[] {
    return this.#items.filter((item) => item.conversationId === conversationId);
  }

  /** Takes what the store has: at the start, and after another tab has changed it. */
  async reload(): Promise<void> {
    const before = new Set(this.#items.filter((item) => item.order !== undefined).map((item) => item.clientId));
    const stored = (await this.#storage.items())
      .filter((item) => !this.#gone.has(item.clientId))
      .map((item) => this.#addressed(item));
    const touched = this.conversations;
    this.#items = this.#storage.isShared ? this.#withUnstored(stored, before) : this.#withEarlier(stored);
    for (const id of this.conversations) touched.add(id);
    for (const id of touched) this.#host.changed(id);
    this.drain();
  }

  add(item: OutboxItem): void {
    // Behind an opening that was refused nothing would go out: all of it is tried once more.
    const refused = this.#isRefused(item.conversationId) ? this.of(item.conversationId) : [];
    this.#items.push(item);
    this.#unowned?.add(item.clientId);
    for (const each of refused) void this.again(each);
    this.#host.changed(item.conversationId);
    // Also now: this page may be gone when it is stored.
    this.#host.stored();
    void this.#store(item);
  }

  /** As `add`; tells what came of it. A page that ends meanwhile never hears, though the change is made. */
  ask(item: OutboxItem): Promise<ChangeResult> {
    const asked = new Promise<ChangeResult>((resolve, reject) => this.#waiters.set(item.clientId, { resolve, reject }));
    this.add(item);
    return asked;
  }

  /** Sends what waits, while open. */
  open(): void {
    this.#isOpen = true;
    this.#unowned = undefined;
    for (const timer of this.#pauses.values()) clearTimeout(timer);
    this.#pauses.clear();
    this.drain();
  }

  shut(): void {
    this.#isOpen = false;
  }

  drain(): void {
    if (!this.#isOpen) return;
    const passed = new Set<string>();
    for (const item of this.#items) {
      const id = item.conversationId;
      if (passed.has(id) || this.#busy.has(id) || this.#pauses.has(id)) continue;
      // Nothing can be sent to a conversation that is not opened, nor overtake what is being stored.
      if (item.state !== "queued" && !isOpening(item)) continue;
      passed.add(id);
      if (item.state === "queued" && item.order !== undefined) void this.#send(item);
    }
  }

  /** The log has the change: it is made, whoever heard the answer. */
  seen(event: ChatEvent): void {
    const item = this.#items.find((other) => other.clientId === event.clientId && !isOpening(other));
    // Of one that is in flight the answer says more.
    if (item && !this.#inFlight.has(item.clientId)) {
      void this.#settle(item, { clientId: item.clientId, result: { status: "duplicate", event } });
    }
  }

  /** What waits behind an opening goes to the conversation that came of it. */
  async rename(opening: string, conversationId: string): Promise<void> {
    for (const behind of this.of(opening)) if (!isOpening(behind)) await this.#replace({ ...behind, conversationId });
    this.#host.changed(conversationId);
    this.drain();
  }

  /** Another tab has heard. */
  hear({ clientId, result, error }: Settled): void {
    const waiter = this.#waiters.get(clientId);
    this.#waiters.delete(clientId);
    if (result) waiter?.resolve(result);
    else waiter?.reject(new ChatError(error ?? "internal"));
  }

  /** Sends what was refused once more; behind an opening that was, everything. */
  retry(item: OutboxItem): void {
    const all = this.#isRefused(item.conversationId) ? this.of(item.conversationId) : [item];
    for (const each of all) void this.again(each);
  }

  /** An opening that was refused is no use without a text behind it, and goes with the last one. */
  discard(item: OutboxItem): void {
    const rest = this.of(item.conversationId).filter((other) => other.clientId !== item.clientId);
    const isLast = rest.every((other) => isOpening(other) && other.state === "failed");
    for (const each of isLast ? [item, ...rest] : [item])
      void this.#settle(each, { clientId: each.clientId, error: "discarded" });
  }

  /** Sends a refused or held item once more, with changes to what it says. */
  async again(item: OutboxItem, request: OutboxItem["request"] = item.request): Promise<void> {
    const { error: _, missing: __, ...rest } = item;
    await this.#replace({ ...rest, request, state: "queued" });
    this.#host.stored();
    this.drain();
  }

  /** Somebody else is greeted from here on: what was written until now does not go out as theirs. */
  async disown(): Promise<void> {
    const mine = this.#unowned;
    await this.reload();
    for (const item of [...this.#items])
      if (!mine?.has(item.clientId)) await this.#settle(item, { clientId: item.clientId, error: "discarded" });
  }

  clear(): void {
    this.shut();
    for (const item of [...this.#items]) this.hear({ clientId: item.clientId, error: "discarded" });
    this.#items = [];
  }

  /** The conversation was not opened: the server refused. */
  #isRefused(conversationId: string): boolean {
    return this.of(conversationId).some((item) => isOpening(item) && item.state === "failed");
  }

  /** Another tab may have stored it under the opening's id, in the moment in which it got its own. */
  #addressed(item: OutboxItem): OutboxItem {
    return isOpening(item) ? item : { ...item, conversationId: this.#host.resolve(item.conversationId) };
  }

  /** What came to be stored while the store was read is not in the answer. */
  #withUnstored(stored: OutboxItem[], before: ReadonlySet<string>): OutboxItem[] {
    const known = new Set(stored.map((item) => item.clientId));
    return [...stored, ...this.#items.filter((item) => !known.has(item.clientId) && !before.has(item.clientId))];
  }

  /** Nobody else changes the store: what is held counts, in the order in which it was written, behind what was left by an earlier process. */
  #withEarlier(stored: OutboxItem[]): OutboxItem[] {
    const held = new Set(this.#items.map((item) => item.clientId));
    return [...stored.filter((item) => !held.has(item.clientId)), ...this.#items];
  }

  async #store(item: OutboxItem): Promise<void> {
    const order = await this.#storage.add(item);
    const index = this.#items.findIndex((other) => other.clientId === item.clientId);
    const current = this.#items[index];
    if (this.#gone.has(item.clientId) || !current) await this.#storage.remove(order);
    else {
      this.#items[index] = { ...current, order };
      // It got its conversation's id while it was being stored.
      if (current !== item) await this.#storage.put({ ...current, order });
    }
    this.#host.stored();
    this.drain();
  }

  async #send(item: OutboxItem): Promise<void> {
    const id = item.conversationId;
    this.#busy.add(id);
    this.#inFlight.add(item.clientId);
    try {
      // Another tab, or the author in it, may have settled it meanwhile.
      if (item.order !== undefined && !(await this.#storage.has(item.order))) {
        this.#forget(item);
        await this.reload();
      } else await this.#arrived(item, await this.#host.deliver(item));
      this.#backoffs.delete(id);
    } catch (thrown) {
      await this.#failed(item, toChatError(thrown));
    } finally {
      this.#busy.delete(id);
      this.#inFlight.delete(item.clientId);
      this.drain();
    }
  }

  async #arrived(item: OutboxItem, { result, conversationId }: Delivered): Promise<void> {
    if (result.status === "stale_view") {
      await this.#replace({ ...item, state: "held", missing: [...(result.missing ?? [])] });
      this.#host.stored();
      return;
    }
    // The opening goes last: until all that waits behind it has the new id, it is sent again after a crash.
    if (conversationId) {
      await this.rename(item.clientId, conversationId);
    }
    await this.#settle(item, { clientId: item.clientId, result });
  }

  async #failed(item: OutboxItem, error: ChatError): Promise<void> {
    if (error.retryable || error.code === "unauthenticated") this.#pause(item.conversationId, error.retryAfterMs);
    else if (isOpening(item)) {
      // Of an opening it says one thing only, which is not that of other changes.
      const reason = error.code === "conflict" ? tooManyOpen : error.code;
      for (const each of this.of(item.conversationId)) await this.#refuse(each, reason);
    } else await this.#refuse(item, error.code);
  }

  async #refuse(item: OutboxItem, error: string): Promise<void> {
    if (!isShown(item) && !isOpening(item)) return this.#settle(item, { clientId: item.clientId, error });
    await this.#replace({ ...item, state: "failed", error });
    this.#host.stored();
  }

  #pause(id: string, retryAfterMs: number | undefined): void {
    const backoff = this.#backoffs.get(id) ?? new Backoff();
    this.#backoffs.set(id, backoff);
    const timer = setTimeout(
      () => {
        this.#pauses.delete(id);
        this.drain();
      },
      Math.max(backoff.next(), retryAfterMs ?? 0),
    );
    this.#pauses.set(id, timer);
  }

  async #replace(item: OutboxItem): Promise<void> {
    const index = this.#items.findIndex((other) => other.clientId === item.clientId);
    if (index < 0) return;
    const before = this.#items[index];
    this.#items[index] = item;
    if (before && before.conversationId !== item.conversationId) this.#host.changed(before.conversationId);
    this.#host.changed(item.conversationId);
    await this.#storage.put(item);
  }

  async #settle(item: OutboxItem, outcome: Settled): Promise<void> {
    if (!this.#forget(item)) return;
    this.hear(outcome);
    if (item.order !== undefined) await this.#storage.remove(item.order);
    this.#host.told(outcome);
  }

  #forget(item: OutboxItem): boolean {
    const index = this.#items.findIndex((other) => other.clientId === item.clientId);
    if (index < 0) return false;
    this.#items.splice(index, 1);
    this.#gone.add(item.clientId);
    this.#host.changed(item.conversationId);
    return true;
  }
}
