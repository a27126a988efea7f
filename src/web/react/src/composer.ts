import type { OpenOptions, TimelineItem, VisitorChat } from "@gapless-chat/client";
import { isBlank } from "@gapless-chat/protocol";
import { useCallback, useMemo, useState } from "react";
import { useChat } from "./provider.tsx";

/** What is being written, and what becomes of it. */
export interface Composer {
  readonly text: string;
  /** Seq of the message that is answered. */
  readonly replyTo: number | undefined;
  /** Seq of the own message that gets a new text. */
  readonly editing: number | undefined;
  /** Whether there is something to send. */
  readonly canSend: boolean;
  /** To be called at each key: the other side sees that somebody types. */
  readonly setText: (text: string) => void;
  readonly reply: (seq: number) => void;
  readonly edit: (item: TimelineItem) => void;
  /** Neither an answer nor an edit any more; what was written stays, and in the place of an edit what was written before it. */
  readonly cancel: () => void;
  /** Takes a failed item out of the timeline, and its text back to be mended. */
  readonly takeBack: (key: string) => void;
  /** Sends what is written and begins anew. Returns the conversation: where there was none, the one that was opened. */
  readonly send: () => string | undefined;
}

export interface ComposerOptions {
  /** What a conversation is opened with, where there is none yet. */
  open?: Omit<OpenOptions, "body">;
}

interface Draft {
  text: string;
  replyTo?: number;
  editing?: number;
  /** What was written when the edit began. */
  aside?: Draft;
}

const empty: Draft = { text: "" };

/** A composer for a conversation, or for the next one. Each conversation keeps its own draft as long as the component lives. */
export function useComposer(conversation: string | undefined, options: ComposerOptions = {}): Composer {
  const chat = useChat();
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const draft = draftOf(drafts, chat, conversation);
  const change = useCallback(
    (next: (draft: Draft) => Draft) => {
      setDrafts((all) => {
        const known = [...all].map(([id, each]): [string, Draft] => [keyOf(chat, id), each]);
        return new Map(known).set(keyOf(chat, conversation), next(draftOf(all, chat, conversation)));
      });
    },
    [chat, conversation],
  );
  const writing = useMemo(() => writingOf(chat, conversation, change), [chat, conversation, change]);
  const { text, replyTo, editing } = draft;
  const canSend = !isBlank(text);
  const send = (): string | undefined => {
    if (!canSend) return undefined;
    change(after);
    return sent(chat, conversation, draft, options.open);
  };
  return { text, replyTo, editing, canSend, send, ...writing };
}

/** A conversation may have got the server's id since its draft was begun. */
function keyOf(chat: VisitorChat, conversation = ""): string {
  return chat.aliases.get(conversation) ?? conversation;
}

function draftOf(drafts: ReadonlyMap<string, Draft>, chat: VisitorChat, conversation: string | undefined): Draft {
  const key = keyOf(chat, conversation);
  return [...drafts].findLast(([id]) => keyOf(chat, id) === key)?.[1] ?? empty;
}

/** What is left when a draft is sent. */
function after({ aside = empty }: Draft): Draft {
  return aside;
}

/** A text that comes back is no part of the edit of another message. */
function withText(draft: Draft, text: string): Draft {
  if (draft.editing !== undefined) return { ...draft, aside: withText(draft.aside ?? empty, text) };
  return { ...draft, text: isBlank(draft.text) ? text : `${text}\n${draft.text}` };
}

function edited(draft: Draft, { seq, body = "" }: TimelineItem): Draft {
  if (seq === undefined) return draft;
  return { text: body, editing: seq, aside: draft.editing === undefined ? draft : after(draft) };
}

function writingOf(chat: VisitorChat, conversation: string | undefined, change: (next: (draft: Draft) => Draft) => void) {
  return {
    setText: (text: string) => {
      change((draft) => ({ ...draft, text }));
      if (conversation !== undefined && !isBlank(text)) chat.typing(conversation, text);
    },
    reply: (seq: number) =>
      change((draft) => ({ text: (draft.editing === undefined ? draft : after(draft)).text, replyTo: seq })),
    edit: (item: TimelineItem) => change((draft) => edited(draft, item)),
    cancel: () => change((draft) => (draft.editing === undefined ? { text: draft.text } : after(draft))),
    takeBack: (key: string) => {
      const text = conversation === undefined ? undefined : chat.discard(conversation, key);
      if (text !== undefined) change((draft) => withText(draft, text));
    },
  };
}

function sent(
  chat: VisitorChat,
  conversation: string | undefined,
  { text, replyTo, editing }: Draft,
  open: ComposerOptions["open"],
): string {
  if (conversation === undefined) return chat.open({ ...open, body: text });
  if (editing !== undefined) chat.edit(conversation, editing, text);
  else chat.send(conversation, text, replyTo === undefined ? {} : { replyTo });
  return conversation;
}
