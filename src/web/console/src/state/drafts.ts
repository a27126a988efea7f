import { signal } from "@preact/signals";
import { readStored, store } from "./storage";

export type Mode = "reply" | "note";

export interface Draft {
  text: string;
  mode: Mode;
  replyTo?: number | undefined;
  /** The seq of the own message that is being edited. */
  editing?: number | undefined;
  /** The conversation's head when the text was begun. */
  begunAt?: number | undefined;
}

const most = 100;
const empty: Draft = { text: "", mode: "reply" };

/** What is written and not sent, by conversation. The order is that of the last change; the oldest beyond `most` go. */
export class Drafts {
  private readonly all;
  private readonly key: string;

  constructor(operatorId: string) {
    this.key = `console.drafts.${operatorId}`;
    this.all = signal<ReadonlyMap<string, Draft>>(new Map(readStored<[string, Draft][]>(this.key) ?? []));
  }

  of(conversationId: string): Draft {
    return this.all.value.get(conversationId) ?? empty;
  }

  hasText(conversationId: string): boolean {
    return this.of(conversationId).text.trim() !== "";
  }

  change(conversationId: string, change: Partial<Draft>): void {
    const next = new Map(this.all.peek());
    const draft = { ...(next.get(conversationId) ?? empty), ...change };
    next.delete(conversationId);
    if (draft.text !== "" || draft.mode !== "reply" || draft.replyTo !== undefined) next.set(conversationId, draft);
    for (const oldest of next.keys()) {
      if (next.size <= most) break;
      next.delete(oldest);
    }
    this.all.value = next;
    store(this.key, [...next]);
  }

  /** After sending; what comes next is begun in the given mode. */
  clear(conversationId: string, mode: Mode = "reply"): void {
    this.change(conversationId, { text: "", mode, replyTo: undefined, editing: undefined, begunAt: undefined });
  }

  /** On sign-out: drafts hold what customers said. */
  wipe(): void {
    this.all.value = new Map();
    store(this.key, undefined);
  }
}
