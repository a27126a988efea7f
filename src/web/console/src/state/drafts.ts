import { signal } from "@preact/signals";
import { readStored, store } from "./storage";

export type Mode = "reply" | "note";

/** An answer or a note. */
export interface Words {
  text: string;
  mode: Mode;
  replyTo?: number | undefined;
  /** The conversation's head when the text was begun. */
  begunAt?: number | undefined;
}

/** Another text for one's own message. */
export interface Edit {
  seq: number;
  text: string;
  mode: Mode;
}

export interface Draft extends Words {
  /** Is written now; the words wait under it. */
  edit?: Edit | undefined;
  /** Goes out as soon as the conversation is taken, and comes back when it is not. */
  sending?: Words | undefined;
}

const most = 100;
const empty: Draft = { text: "", mode: "reply" };
const nothing: Omit<Words, "mode"> = { text: "", replyTo: undefined, begunAt: undefined };

/** What is written and not sent, by conversation. The order is that of the last change; the oldest beyond `most` go. */
export class Drafts {
  private readonly all;
  private readonly key: string;

  constructor(operatorId: string) {
    this.key = `console.drafts.${operatorId}`;
    const stored = readStored<[string, Draft][]>(this.key) ?? [];
    // What a page was sending when it was left did not get into the outbox.
    const settled = stored.map(([id, { sending, ...draft }]) => [id, sending ? before(sending, draft) : draft] as const);
    this.all = signal<ReadonlyMap<string, Draft>>(new Map(settled));
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
    if (draft.text !== "" || draft.mode !== "reply" || draft.replyTo !== undefined || draft.edit || draft.sending)
      next.set(conversationId, draft);
    for (const oldest of next.keys()) {
      if (next.size <= most) break;
      next.delete(oldest);
    }
    this.all.value = next;
    store(this.key, [...next]);
  }

  /** After sending; what comes next is begun in the same mode. */
  clear(conversationId: string): void {
    this.change(conversationId, nothing);
  }

  /** Empties the field for words that go out only when something else is done; when that fails they are back in it. */
  async sendAfter(conversationId: string, done: () => Promise<boolean>): Promise<boolean> {
    const { text, mode, replyTo, begunAt } = this.of(conversationId);
    const sending: Words = { text, mode, replyTo, begunAt };
    this.change(conversationId, { ...nothing, sending });
    const isDone = await done();
    // Whoever has signed out meanwhile leaves nothing here.
    if (this.of(conversationId).sending !== sending) return isDone;
    this.change(conversationId, { sending: undefined });
    if (!isDone) this.giveBack(conversationId, sending);
    return isDone;
  }

  /** Puts words that were not sent before what stands there. */
  giveBack(conversationId: string, words: Words): void {
    this.change(conversationId, before(words, this.of(conversationId)));
  }

  /** On sign-out: drafts hold what customers said. */
  wipe(): void {
    this.all.value = new Map();
    store(this.key, undefined);
  }
}

/** What has a note in it stays a note: colleagues may read an answer, a visitor no note. */
function before(words: Words, draft: Draft): Draft {
  if (draft.text === "") return { ...draft, ...words };
  return {
    ...draft,
    text: `${words.text}\n${draft.text}`,
    mode: words.mode === "note" ? "note" : draft.mode,
    replyTo: words.replyTo ?? draft.replyTo,
    begunAt: words.begunAt ?? draft.begunAt,
  };
}
