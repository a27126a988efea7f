import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const wire = fileURLToPath(new URL("../../../../../tests/wire/", import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: JSON as it stands in the files.
export type Json = any;

/** One thing that happens to a client. `until`: links open and time passes by themselves until this method is called. */
export interface Step {
  input: Json;
  until?: string;
  /** Methods that may be called here and that are answered with nothing. */
  optional?: string[];
  effects?: Json[];
  state?: Json;
}

export interface Trace {
  name: string;
  about: string;
  covers: string[];
  side: "visitor" | "operator";
  /** Pages of the first Hello: the trace begins when they are taken. Absent: it begins before the start. */
  given?: Json[];
  /** Receipts that get no answer. */
  unanswered?: string[];
  steps: Step[];
}

export function traces(): Trace[] {
  const folder = `${wire}traces/`;
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.sort().map((name) => ({ ...JSON.parse(readFileSync(folder + name, "utf8")), name: name.replace(".json", "") }));
}

const at = Date.parse("2026-11-30T09:15:00.000Z");
const time = (seq: number) => new Date(at + seq * 1000).toISOString();

function actorOf(by: string): Json {
  const ids: Record<string, string> = { visitor: "$vera", operator: "$anna" };
  return { kind: by, ...(ids[by] ? { id: ids[by] } : {}) };
}

/** An event of a trace as it is on the wire. */
export function eventOf({ by, body, data, ...rest }: Json, conversationId: string, epoch = 1): Json {
  if (rest.type === "skip") return { conversationId, epoch, ...rest };
  const text = body === undefined ? {} : { body };
  return { conversationId, epoch, type: "message", actor: actorOf(by), at: time(rest.seq), data: { ...text, ...data }, ...rest };
}

/** A page of a trace as it is on the wire. */
export function pageOf(
  { conversation, epoch = 1, status = "open", events = [], seq, hasMore, reset, own, other }: Json,
  side: string,
): Json {
  const cursor = (which: string, [deliveredSeq, readSeq]: number[]) => ({ side: which, deliveredSeq, readSeq });
  const theirs = side === "visitor" ? "operator" : "visitor";
  const mine = side === "operator" ? { operatorId: "$anna" } : {};
  return {
    conversation: {
      id: conversation,
      inboxId: "$shop",
      visitor: { id: "$vera", identified: false },
      status,
      openedAt: time(1),
      lastAt: time(1),
    },
    epoch,
    events: events.map((event: Json) => eventOf(event, conversation, epoch)),
    seq: seq ?? events.at(-1)?.seq ?? 0,
    hasMore: hasMore ?? false,
    reset: reset ?? false,
    cursors: [...(own ? [{ ...cursor(side, own), ...mine }] : []), ...(other ? [cursor(theirs, other)] : [])],
  };
}

/** Names such as `$c1` stand for ids: those that a client mints are bound when it has, all others when they are first met. */
export class Names {
  #ids = new Map<string, string>();

  bind(name: string | undefined, id: string): void {
    if (name) this.#ids.set(name, id);
  }

  id(name: string): string {
    const known = this.#ids.get(name);
    if (known || !name.startsWith("$")) return known ?? name;
    const id = crypto.randomUUID();
    this.#ids.set(name, id);
    return id;
  }

  toIds(json: Json): Json {
    return JSON.parse(JSON.stringify(json ?? null), (_, value) => (typeof value === "string" ? this.id(value) : value));
  }

  toNames(json: Json): Json {
    let text = JSON.stringify(json);
    // The latest name counts: an opening's id is its message's too.
    for (const [name, id] of this.#ids) text = text.replaceAll(id, name);
    return JSON.parse(text);
  }
}
