/** One or two letters for a person without a picture: of the first and the last word that begins with one, whole characters. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen
    .map((word) => [...(word ?? "")][0])
    .join("")
    .toUpperCase();
}
