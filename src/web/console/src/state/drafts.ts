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
    if (draft.text !== "" || draft.mode !== "reply" || draft.replyTo !== undefined || draft.edit) next.set(conversationId, draft);
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
