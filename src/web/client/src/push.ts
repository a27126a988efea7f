/** What a push says, as far as an app needs it. */
export interface PushMessage {
  conversationId: string;
  /** The newest message. */
  seq: number;
  /** How many messages of the conversation the visitor has not read. */
  unread: number;
  /** Display name of its author; absent when none is known. */
  from?: string;
  /** The beginning of its text. */
  text: string;
  /** Whose device was to be woken. */
  visitorId?: string;
}

/** What an app shows of a push. */
export interface PushReceipt {
  conversationId: string;
  /** The newest message. */
  seq: number;
  /** False: it was read elsewhere or deleted meanwhile. Take its notification away. */
  isNew: boolean;
  /** Who wrote it; absent when no name is known. */
  title?: string;
  body: string;
  /** Unread messages of all conversations. */
  badge: number;
  /** What a tap on the notification opens. */
  link: string;
  /** False: the server could not be asked, and this is what the push itself says. */
  isFetched: boolean;
}

/** How links to conversations begin unless an app says otherwise. */
export const conversationLinks = "chat://conversation/";

// Services that wake devices put what they are given into an envelope of their own.
const envelopes = ["data", "chat", "push"];
const deepest = 3;

/**
 * Reads what the service that wakes devices has handed to the app: what the server posted, as an object or as JSON, alone or within `data`, `chat` or
 * `push`, its numbers perhaps as texts. Undefined: it is no push of a chat.
 */
export function parsePush(payload: unknown): PushMessage | undefined {
  return unwrap(payload, deepest);
}

export function conversationLink(conversation: string, links = conversationLinks): string {
  return links + encodeURIComponent(conversation);
}

/** The conversation that a link of `conversationLink` names. Undefined: it is another link. */
export function conversationOfLink(link: string, links = conversationLinks): string | undefined {
  if (!link.startsWith(links)) return undefined;
  const [id = ""] = link.slice(links.length).split(/[/?#]/);
  try {
    return decodeURIComponent(id) || undefined;
  } catch {
    return undefined;
  }
}

function unwrap(payload: unknown, depth: number): PushMessage | undefined {
  const fields = recordOf(payload);
  if (!fields) return undefined;
  const { conversationId, from, text, visitorId } = fields;
  const seq = countOf(fields.seq);
  if (typeof conversationId === "string" && conversationId !== "" && seq) {
    return {
      conversationId,
      seq,
      unread: countOf(fields.unread) ?? 1,
      text: typeof text === "string" ? text : "",
      ...(typeof from === "string" && from !== "" ? { from } : {}),
      ...(typeof visitorId === "string" ? { visitorId } : {}),
    };
  }
  for (const name of envelopes) {
    const push = depth > 0 ? unwrap(fields[name], depth - 1) : undefined;
    if (push) return push;
  }
  return undefined;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  if (typeof value === "string") {
    try {
      return recordOf(JSON.parse(value) as object);
    } catch {
      return undefined;
    }
  }
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
