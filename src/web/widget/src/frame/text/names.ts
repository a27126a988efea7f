// Control and format signs, except those that emoji and some scripts are joined with.
const control = /\p{Cc}|(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}/gu;
const manyMarks = /(\p{M}{3})\p{M}+/gu;

/** One line of somebody's text for a label or a line of a list: without signs that turn text around, and at most three marks on a letter. */
export function oneLine(text: string | undefined, length = 200): string {
  const start = (text ?? "")
    .slice(0, length * 4)
    .replace(/\s+/g, " ")
    .replace(control, "")
    .replace(manyMarks, "$1")
    .trim();
  const letters = [...start];
  return letters.length > length ? `${letters.slice(0, length).join("").trimEnd()}…` : start;
}
