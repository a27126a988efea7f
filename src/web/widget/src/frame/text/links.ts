// Text into pieces, some of them links. Nothing is ever interpreted as HTML: pieces become text nodes.

export interface Piece {
  readonly text: string;
  readonly href?: string;
}

// The look-behind and the bounds keep a match from starting at each place of a long word: 8,000 letters take linear time.
const candidates =
  /(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s<>"'`]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/giu;
const closers: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

// Signs that turn or hide text. In an address they serve nobody but a liar.
const invisible = /\p{Cf}/u;

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

/** Where a click may lead: http, https and mail; nothing with a user's name before the host, which reads as another host. */
function safeHref(address: string): string | undefined {
  if (invisible.test(address)) return undefined;
  if (!/^(https?:|www\.)/i.test(address)) return `mailto:${address}`;
  const url = parseUrl(withScheme(address));
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || !url.hostname) return undefined;
  return url.href;
}

const withScheme = (address: string) => (/^www\./i.test(address) ? `https://${address}` : address);

function parseUrl(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** Marks of the sentence around an address belong to the sentence; a bracket does unless the address opened it. */
function withoutTail(address: string): string {
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] as string;
    const opener = closers[last];
    const isTail = opener ? !isBalanced(address.slice(0, end), opener, last) : /[.,;:!?…»”’*_~|]/.test(last);
    if (!isTail) break;
  }
  return address.slice(0, end);
}

const isBalanced = (text: string, opener: string, closer: string) => text.split(opener).length >= text.split(closer).length;
