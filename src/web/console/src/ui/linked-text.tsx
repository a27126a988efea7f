import { pieces } from "@gapless-chat/screens/links";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

// Marks that turn the direction of what follows are shown as what they are, so that a link cannot read as another one.
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

/** Text in which addresses are links. Everything else stays text: nothing is ever read as HTML. */
export function LinkedText({ text }: { text: string }): JSX.Element {
  return useMemo(
    () => (
      <>
        {pieces(text.replace(turning, "")).map((piece) =>
          piece.href ? (
            <a href={piece.href} title={piece.href} target="_blank" rel="noopener noreferrer nofollow">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )}
      </>
    ),
    [text],
  );
}
