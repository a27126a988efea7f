import { PageVisitor, type VisitorParts, visitorParts } from "./page-visitor.ts";
import type { PushMessage, PushReceipt } from "./push.ts";
import { Derived } from "./store.ts";
import type { ConversationMap } from "./types.ts";
import type { VisitorChat, VisitorOptions } from "./visitor-api.ts";
import { VisitorDevice } from "./visitor-device.ts";
import type { PushAddress } from "./visitor-session.ts";

/** The visitor's side of a chat. Nothing touches network or storage before `start`. */
export function createVisitorChat(options: VisitorOptions): VisitorChat {
  return new Visitor(visitorParts(options));
}

/** A visitor whose device can be woken while nothing of the app runs. */
class Visitor extends PageVisitor implements VisitorChat {
  readonly unread = new Derived(this.conversations, unreadOf);
  readonly #device: VisitorDevice;

  constructor(parts: VisitorParts) {
    super(parts);
    this.#device = new VisitorDevice(parts);
  }

  get isWoken(): boolean {
    return this.#device.address !== undefined;
  }

  override start(): Promise<void> {
    this.#device.restart();
    return super.start();
  }

  registerDevice(platform: string, token: string): Promise<void> {
    return this.core.hub.served("device", { platform, token });
  }

  unregisterDevice(): Promise<void> {
    return this.core.hub.served("device", {});
  }

  receivePush(push: PushMessage, links?: string): Promise<PushReceipt | undefined> {
    return this.#device.receive(push, links, this.conversations.value);
  }

  override async greeted(): Promise<void> {
    await super.greeted();
    // Who registered hears of a refusal, if that is still there; nobody else does.
    if (this.core.hub.isLeading) await this.#device.tell().catch(() => undefined);
  }

  override serve(name: string, argument: unknown): Promise<unknown> {
    if (name !== "device") return super.serve(name, argument);
    return this.#device.set(argument as PushAddress, this.connection.value.status === "online");
  }
}

export function unreadOf(all: ConversationMap): number {
  return [...all.values()].reduce((sum, { unread }) => sum + unread, 0);
}
