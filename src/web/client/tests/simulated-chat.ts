import { BaseChat } from "../src/base-chat";
import { ServerClock } from "../src/server-clock";
import type { ClientStorage } from "../src/storage";
import { Cell, Derived } from "../src/store";
import { TokenKeeper } from "../src/token";
import type { OpenOptions, VisitorSessionState } from "../src/types";
import { unreadOf } from "../src/visitor-chat";
import type { SimulatedServer } from "./simulated-server";

/** A visitor's client over simulated links, on a storage that outlives it. */
export class SimulatedChat extends BaseChat {
  constructor(server: SimulatedServer, storage: ClientStorage) {
    const clock = new ServerClock();
    const tokens = new TokenKeeper(
      async () => ({ token: "token", expiresAt: new Date(clock.now() + 60_000).toISOString() }),
      clock,
    );
    const dial = {
      socket: (_: string, onPush: Parameters<SimulatedServer["connect"]>[0]) => server.connect(onPush),
      poll: (): never => {
        throw new Error("Sockets are possible here.");
      },
    };
    super({ side: "visitor", storage, tokens, clock, dial });
  }

  readonly session = new Cell<VisitorSessionState>({ identified: false });
  readonly unread = new Derived(this.conversations, unreadOf);
  isWoken = false;

  start(tabsName?: string): Promise<void> {
    return this.core.start(tabsName);
  }

  get isLeading(): boolean {
    return this.core.hub.isLeading;
  }

  /** As a page that is closed: nothing is said to anybody. */
  vanish(): void {
    this.core.stop();
  }

  get aliases(): ReadonlyMap<string, string> {
    return this.core.conversations.aliases;
  }

  open(first: string | OpenOptions): string {
    const { body = "" } = typeof first === "string" ? { body: first } : first;
    const clientId = crypto.randomUUID();
    this.core.outbox.add({ clientId, conversationId: clientId, method: "OpenConversation", request: {}, at: 0, state: "queued" });
    this.send(clientId, body);
    return clientId;
  }

  /** What is held of the only conversation, under whichever id. */
  get only() {
    return [...this.conversations.value.values()][0];
  }

  log(id: string) {
    return this.core.conversations.get(id)?.log;
  }

  get waiting(): number {
    return this.core.outbox.conversations.size;
  }

  wants(): boolean {
    return true;
  }

  deviceId(): string {
    return "device-1";
  }

  greeted(): void {
    // Nobody asks who it is.
  }

  async serve(): Promise<unknown> {
    return undefined;
  }

  wiped(): void {
    // There are no other tabs.
  }
}
