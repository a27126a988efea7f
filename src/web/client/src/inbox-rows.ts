import type { InboxChange, InboxRow, Me, OperatorState, Pushes, WatchResult } from "@gapless-chat/protocol";
import type { Input } from "./inputs.ts";
import { Cell } from "./store.ts";
import type { ConversationMap, ListRow } from "./types.ts";

/** The lists of the watched inboxes, as pushes keep them. */
export class InboxRows {
  readonly rows = new Cell<ReadonlyMap<string, ListRow>>(new Map());
  #me: Me | undefined;
  #read = new Map<string, number>();
  #online = new Set<string>();

  set me(me: Me) {
    this.#me = me;
  }

  /**
   * What is not closed in the watched inboxes, or the first of it: of what was held and is not in the answer nobody knows. `before`: what was held when it was
   * asked for; what has been pushed since then is newer.
   */
  take({ rows, online }: WatchResult, before: ReadonlyMap<string, ListRow>): void {
    for (const id of online ?? []) this.#online.add(id);
    const next = new Map(this.rows.value);
    const given = new Set(rows.map((row) => row.conversationId));
    for (const [id, row] of before) {
      const now = next.get(id);
      if (!given.has(id) && now?.epoch === row.epoch && now.seq === row.seq) next.delete(id);
    }
    for (const row of rows) {
      const known = next.get(row.conversationId);
      if (!known || isNewer(row, known)) next.set(row.conversationId, this.#row(row.inboxId ?? known?.inboxId ?? "", row));
    }
    this.rows.set(next);
  }

  keepOnly(inboxes: readonly string[]): void {
    this.rows.set(new Map([...this.rows.value].filter(([, row]) => inboxes.includes(row.inboxId))));
  }

  receive(input: Input): void {
    if (input.kind !== "push") return;
    if (input.target === "inbox") this.#change(input.payload);
    if (input.target === "cursor") this.#moved(input.payload);
    if (input.target === "ephemeral" && input.payload.type === "presence") {
      const { conversationId, online } = input.payload;
      if (online) this.#online.add(conversationId);
      else this.#online.delete(conversationId);
      this.#touch(conversationId);
    }
  }

  /** What is open here knows better what is unread. */
  follow(conversations: ConversationMap): void {
    for (const [id, { cursors }] of conversations) this.#readUpTo(id, cursors.own.readSeq);
  }

  clear(): void {
    this.#read.clear();
    this.#online.clear();
    this.rows.set(new Map());
  }

  #change({ inboxId, row }: InboxChange): void {
    const held = this.rows.value.get(row.conversationId);
    if (held?.inboxId === inboxId && !isNewer(row, held)) return;
    this.rows.update((rows) => new Map(rows).set(row.conversationId, this.#row(inboxId, row)));
  }

  #moved({ conversationId, operatorId, readSeq, side }: Pushes["cursor"]): void {
    if (side === "operator" && (operatorId === undefined || operatorId === this.#me?.id)) this.#readUpTo(conversationId, readSeq);
  }

  #readUpTo(id: string, seq: number): void {
    if (seq <= (this.#read.get(id) ?? 0)) return;
    this.#read.set(id, seq);
    this.#touch(id);
  }

  #touch(id: string): void {
    const row = this.rows.value.get(id);
    if (row) this.rows.update((rows) => new Map(rows).set(id, this.#row(row.inboxId, row)));
  }

  #row(inboxId: string, row: InboxRow): ListRow {
    const id = row.conversationId;
    const read = Math.max(this.#read.get(id) ?? 0, row.readSeq ?? 0);
    this.#read.set(id, read);
    const { lastMessage } = row;
    const isNew = lastMessage?.side === "visitor" && lastMessage.seq > read;
    return { ...row, inboxId, unread: isNew ? 1 : 0, online: this.#online.has(id) };
  }
}

/** Colleagues, as the server lists them and pushes change them. */
export class Operators {
  readonly states = new Cell<ReadonlyMap<string, OperatorState>>(new Map());

  take(operators: readonly OperatorState[]): void {
    this.states.set(new Map(operators.map((operator) => [operator.id, operator])));
  }

  receive(input: Input): void {
    if (input.kind !== "push" || input.target !== "operator") return;
    const change = input.payload;
    const held = this.states.value.get(change.id);
    if (held) this.states.update((states) => new Map(states).set(change.id, { ...held, ...change }));
  }
}

// Of another log it replaces; else the higher seq is the newer. What has the same seq may say more of the reader himself.
function isNewer(row: InboxRow, held: InboxRow): boolean {
  return row.epoch !== held.epoch || row.seq > held.seq || (row.seq === held.seq && row.readSeq !== undefined);
}
