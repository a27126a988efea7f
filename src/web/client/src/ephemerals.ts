import type { Actor, Ephemeral } from "@gapless-chat/protocol";
import type { Typing } from "./types.ts";

/** What nobody stores: who types, who looks, who is there. Each is forgotten after its time. */
export class Ephemerals {
  #held = new Map<string, { notice: Ephemeral; timer: ReturnType<typeof setTimeout> }>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get typing(): Typing[] {
    return this.#of("typing").flatMap(({ actor, preview }) => (actor ? [{ actor, ...(preview ? { preview } : {}) }] : []));
  }

  get viewing(): Actor[] {
    return this.#of("viewing").flatMap(({ actor }) => (actor ? [actor] : []));
  }

  get online(): boolean | undefined {
    return this.#of("presence").at(-1)?.online;
  }

  get queuePosition(): number | undefined {
    return this.#of("queue").at(-1)?.position;
  }

  take(notice: Ephemeral): void {
    const key = keyOf(notice.type, notice.actor);
    this.#drop(key);
    const timer = setTimeout(() => this.forget(notice.type, notice.actor), notice.ttlMs);
    this.#held.set(key, { notice, timer });
    this.#changed();
  }

  /** Also: he who has written does not type any more. */
  forget(type: Ephemeral["type"], actor: Actor | undefined): void {
    if (this.#drop(keyOf(type, actor))) this.#changed();
  }

  clear(): void {
    for (const key of [...this.#held.keys()]) this.#drop(key);
  }

  #of(type: Ephemeral["type"]): Ephemeral[] {
    return [...this.#held.values()].map((held) => held.notice).filter((notice) => notice.type === type);
  }

  #drop(key: string): boolean {
    clearTimeout(this.#held.get(key)?.timer);
    return this.#held.delete(key);
  }
}

// Presence is one fact whoever it is about; of the rest each actor has his own.
function keyOf(type: Ephemeral["type"], actor: Actor | undefined): string {
  return type === "presence" || type === "queue" ? type : `${type} ${actor?.kind} ${actor?.id}`;
}
