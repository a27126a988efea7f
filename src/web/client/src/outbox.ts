import type { ChatEvent } from "@gapless-chat/protocol";
import { ChatError, toChatError, tooManyOpen } from "./errors.ts";
import { isOpening, isShown, type OutboxItem } from "./outbox-item.ts";
import { type ItemsHost, OutboxItems } from "./outbox-items.ts";
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

export interface OutboxHost extends ItemsHost {
  /** Sends a change; throws a `ChatError`. */
  deliver(item: OutboxItem): Promise<Delivered>;
  /** The store was changed: other tabs should look. */
  stored(): void;
  told(outcome: Settled): void;
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
  readonly #items: OutboxItems;
  readonly #host: OutboxHost;
  #busy = new Set<string>();
  #inFlight = new Set<string>();
  #pauses = new Map<string, ReturnType<typeof setTimeout>>();
  #backoffs = new Map<string, Backoff>();
  #waiters = new Map<string, Waiter>();
  #isOpen = false;
  /** Written in this process before anybody was greeted: by whoever will be. */
  #unowned: Set<string> | undefined = new Set();

  constructor(storage: ClientStorage, host: OutboxHost) {
    this.#items = new OutboxItems(storage, host);
    this.#host = host;
  }

  get conversations(): Set<string> {
    return this.#items.conversations;
  }

  of(conversationId: string): OutboxItem[] {
    return this.#items.of(conversationId);
  }

  /** Takes what the store has: at the start, and after another tab has changed it. */
  async reload(): Promise<void> {
    await this.#items.reload();
    this.drain();
  }

  add(item: OutboxItem): void {
    // Behind an opening that was refused nothing would go out: all of it is tried once more.
    const refused = this.#isRefused(item.conversationId) ? this.of(item.conversationId) : [];
    this.#unowned?.add(item.clientId);
    void this.#store(item);
    for (const each of refused) void this.again(each);
    // Also now: this page may be gone when it is stored.
    this.#host.stored();
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
    for (const item of this.#items.all) {
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
    const item = this.#items.all.find((other) => other.clientId === event.clientId && !isOpening(other));
    // Of one that is in flight the answer says more.
    if (item && !this.#inFlight.has(item.clientId)) {
      void this.#settle(item, { clientId: item.clientId, result: { status: "duplicate", event } });
    }
  }

  /** What waits behind an opening goes to the conversation that came of it. */
  async rename(opening: string, conversationId: string): Promise<void> {
    const behind = this.of(opening).filter((item) => !isOpening(item));
    await Promise.all(behind.map(({ clientId }) => this.#items.change(clientId, (item) => ({ ...item, conversationId }))));
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
    await this.#items.change(item.clientId, ({ error: _, missing: __, ...rest }) => ({ ...rest, request, state: "queued" }));
    this.#host.stored();
    this.drain();
  }

  /** Somebody else is greeted from here on: what was written until now does not go out as theirs. */
  async disown(): Promise<void> {
    const mine = this.#unowned;
    await this.reload();
    const theirs = this.#items.all.filter((item) => !mine?.has(item.clientId));
    await Promise.all(theirs.map((item) => this.#settle(item, { clientId: item.clientId, error: "discarded" })));
  }

  clear(): void {
    this.shut();
    for (const { clientId } of this.#items.all) this.hear({ clientId, error: "discarded" });
    this.#items.clear();
  }

  /** The conversation was not opened: the server refused. */
  #isRefused(conversationId: string): boolean {
    return this.of(conversationId).some((item) => isOpening(item) && item.state === "failed");
  }

  async #store(item: OutboxItem): Promise<void> {
    await this.#items.add(item);
    this.#host.stored();
    this.drain();
  }

  async #send(item: OutboxItem): Promise<void> {
    const id = item.conversationId;
    this.#busy.add(id);
    this.#inFlight.add(item.clientId);
    try {
      if (!(await this.#items.isStored(item))) {
        this.#items.forget(item.clientId);
        await this.reload();
      } else if (this.#items.get(item.clientId)) await this.#arrived(item, await this.#host.deliver(item));
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
      const missing = [...(result.missing ?? [])];
      await this.#items.change(item.clientId, (held) => ({ ...held, state: "held", missing }));
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
      await Promise.all(this.of(item.conversationId).map((each) => this.#refuse(each, reason)));
    } else await this.#refuse(item, error.code);
  }

  async #refuse(item: OutboxItem, error: string): Promise<void> {
    if (!isShown(item) && !isOpening(item)) return this.#settle(item, { clientId: item.clientId, error });
    await this.#items.change(item.clientId, (held) => ({ ...held, state: "failed", error }));
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

  async #settle(item: OutboxItem, outcome: Settled): Promise<void> {
    const settled = this.#items.forget(item.clientId);
    if (!settled) return;
    this.hear(outcome);
    await this.#items.unstore(settled);
    this.#host.told(outcome);
  }
}
