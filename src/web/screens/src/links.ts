// Text into pieces, some of them links. Nothing is ever interpreted as HTML: pieces become text nodes.

export interface Piece {
  readonly text: string;
  readonly href?: string;
}

// The look-behind and the bounds keep a match from starting at each place of a long word: 8,000 letters take linear time.
const candidates =
  /(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s<>"'`]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/giu;
const closers: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

// Characters that turn or hide text, and backslashes, which browsers read as slashes. In an address they serve nobody but a liar.
const misleading = /[\p{Cf}\p{Default_Ignorable_Code_Point}\\]/u;
const latin = /\p{Script=Latin}/u;
const otherLetters = /(?!\p{Script=Latin})\p{L}/u;

export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(candidates)) {
    const address = withoutTail(match[0]);
    const href = safeHref(address);
    if (!href) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/**
 * Where a click may lead: http, https and mail; nothing with a user's name before the host, which reads as another host, and no host whose label
 * mixes alphabets.
 */
function safeHref(address: string): string | undefined {
  if (misleading.test(address)) return undefined;
  if (!/^(https?:|www\.)/i.test(address)) return `mailto:${address}`;
  const url = parseUrl(withScheme(address));
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || !url.hostname) return undefined;
  return mixesAlphabets(address) ? undefined : url.href;
}

const mixesAlphabets = (address: string) =>
  (/^(?:https?:\/*)?([^/?#]*)/i.exec(address)?.[1] ?? "")
    .split(".")
    .some((label) => latin.test(label) && otherLetters.test(label));

const withScheme = (address: string) => (/^www\./i.test(address) ? `https://${address}` : address);

function parseUrl(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** Marks of the sentence around an address belong to the sentence; a bracket does unless the address opened it. Each sign is looked at twice. */
function withoutTail(address: string): string {
  const open = new Map<string, number>();
  for (const sign of address) {
    const opener = closers[sign];
    if (opener) open.set(opener, (open.get(opener) ?? 0) - 1);
    else if (/[([{]/.test(sign)) open.set(sign, (open.get(sign) ?? 0) + 1);
  }
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] as string;
    const opener = closers[last];
    if (!opener && !/[.,;:!?…»”’*_~|]/.test(last)) break;
    if (!opener) continue;
    const left = open.get(opener) ?? 0;
    if (left >= 0) break;
    open.set(opener, left + 1);
  }
  return address.slice(0, end);
}
