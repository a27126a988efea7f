import type { CursorMoved, SideCursor } from "@gapless-chat/protocol";
import type { Cursors, Marks } from "./types.ts";

/** Who the caller is, as cursors and authors name him. */
export interface Self {
  side: "visitor" | "operator";
  id: string;
}

/** The cursors of one conversation. They never go back. */
export class CursorBook {
  #own: Marks = { deliveredSeq: 0, readSeq: 0 };
  #other: Marks = { deliveredSeq: 0, readSeq: 0 };

  get cursors(): Cursors {
    return { own: this.#own, other: this.#other };
  }

  move(cursor: SideCursor | CursorMoved, self: Self): boolean {
    if (cursor.side !== self.side) {
      const before = this.#other;
      this.#other = greatest(before, cursor);
      return this.#other !== before;
    }
    // A colleague's cursor is on one's own side without being one's own.
    if (cursor.operatorId !== undefined && cursor.operatorId !== self.id) return false;
    return this.moveOwn(cursor);
  }

  moveOwn(marks: Marks): boolean {
    const before = this.#own;
    this.#own = greatest(before, marks);
    return this.#own !== before;
  }

  /** Another log: its numbers mean something else. */
  clear(): void {
    this.#own = this.#other = { deliveredSeq: 0, readSeq: 0 };
  }
}

function greatest(a: Marks, b: Marks): Marks {
  if (b.deliveredSeq <= a.deliveredSeq && b.readSeq <= a.readSeq) return a;
  return { deliveredSeq: Math.max(a.deliveredSeq, b.deliveredSeq), readSeq: Math.max(a.readSeq, b.readSeq) };
}
