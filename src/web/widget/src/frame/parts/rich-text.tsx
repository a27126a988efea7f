import { pieces } from "@gapless-chat/screens/links";

/** A message as it was typed, with links. Text nodes only. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece) =>
        piece.href ? (
          <a href={piece.href} title={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
