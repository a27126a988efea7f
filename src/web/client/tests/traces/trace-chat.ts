import { BaseChat } from "../../src/base-chat";
import type { Dial } from "../../src/connection";
import { newId } from "../../src/new-id";
import { ServerClock } from "../../src/server-clock";
import type { ClientStorage } from "../../src/storage";
import { TokenKeeper } from "../../src/token";
import type { ConversationState, TimelineItem } from "../../src/types";
import type { Json } from "./trace-file";

/** The real core of both sides, with nothing under it but what a trace gives. */
export class TraceChat extends BaseChat {
  #followed = new Set<string>();
  readonly #isVisitor: boolean;

  constructor(side: "visitor" | "operator", storage: ClientStorage, socket: Dial["socket"], minted: () => void) {
    const clock = new ServerClock();
    const tokens = new TokenKeeper(async () => {
      minted();
      return { token: "token", expiresAt: new Date(clock.now() + 3_600_000).toISOString() };
    }, clock);
    const poll = (): never => {
      throw new Error("Sockets are possible here.");
    };
    super({ side, storage, tokens, clock, dial: { socket, poll } });
    this.#isVisitor = side === "visitor";
  }

  start(): Promise<void> {
    return this.core.start();
  }

  vanish(): void {
    this.core.stop();
  }

  open({ as, ...request }: Json): string {
    const clientId = newId();
    this.core.outbox.add({ clientId, conversationId: clientId, method: "OpenConversation", request, at: 0, state: "queued" });
    return clientId;
  }

  /** A change that no timeline shows. */
  end(conversation: string): void {
    this.ask(conversation, "Close", {}).catch(() => undefined);
  }

  follow(conversation: string): void {
    this.#followed.add(conversation);
    void this.core.hub.ask("Open", this.core.conversations.ensure(conversation).cursor);
  }

  speak(conversation: string, body: string, options: { replyTo?: number; expectedSeq?: number }): string {
    return this.send(conversation, body, options);
  }

  release(conversation: string, key: string): void {
    const item = this.item(conversation, key);
    const expectedSeq = item?.missing?.at(-1)?.seq ?? 0;
    if (item) void this.core.outbox.again(item, { ...item.request, expectedSeq });
  }

  /** What is held, as traces tell it. */
  shown(): Json {
    const { status, reason } = this.connection.value;
    const conversations = [...this.conversations.value].map(([id, state]) => [id, this.#conversation(state)]);
    return {
      connection: status === "online" ? status : status === "stopped" ? `stopped: ${reason}` : "not online",
      conversations: Object.fromEntries(conversations),
    };
  }

  #conversation(state: ConversationState): Json {
    const { status, epoch, seq, unread, hasOlder, cursors, typing, queuePosition, online, items } = state;
    const marks = ({ deliveredSeq, readSeq }: { deliveredSeq: number; readSeq: number }) => [deliveredSeq, readSeq];
    const waiting = this.core.outbox.of(state.id).length;
    return {
      status,
      epoch,
      seq,
      unread,
      ...(hasOlder ? { older: true } : {}),
      own: marks(cursors.own),
      other: marks(cursors.other),
      ...(waiting > 0 ? { waiting } : {}),
      ...(typing.length > 0 ? { typing: typing.length } : {}),
      ...(queuePosition === undefined ? {} : { position: queuePosition }),
      ...(online === undefined ? {} : { online }),
      items: items.map(line),
    };
  }

  wants(id: string): boolean {
    return this.#isVisitor || this.#followed.has(id);
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

function line({ seq, type, mine, state, edited, deleted, pending, error, missing, body }: TimelineItem): string {
  const words = [
    String(seq ?? "-"),
    type,
    ...(mine ? ["mine", state] : []),
    ...(edited ? ["edited"] : []),
    ...(deleted ? ["deleted"] : []),
    ...(pending ? [`pending-${pending}`] : []),
    ...(error ? [`!${error}`] : []),
    ...(missing ? [`missing=${missing.map((event) => event.seq)}`] : []),
  ];
  return words.join(" ") + (body === undefined || pending ? "" : `: ${body}`);
}
