import { find } from "linkifyjs";
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";

// Marks that turn the direction of what follows are shown as what they are, so that a link cannot read as another one.
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

function isSafe(href: string): boolean {
  return /^(https?:|mailto:)/i.test(href);
}

/** Text in which addresses are links. Everything else stays text: nothing is ever read as HTML. */
export function LinkedText({ text }: { text: string }): JSX.Element {
  return useMemo(() => <>{pieces(text.replace(turning, ""))}</>, [text]);
}

export function pieces(text: string): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  let at = 0;
  for (const link of find(text)) {
    const isWeb = link.type === "url" && (/^https?:/i.test(link.value) || link.value.startsWith("www."));
    if (!isSafe(link.href) || !(isWeb || link.type === "email")) continue;
    out.push(text.slice(at, link.start));
    out.push(
      <a
        key={link.start}
        href={link.href.replace(/^http:\/\/www\./, "https://www.")}
        target="_blank"
        rel="noopener noreferrer nofollow"
      >
        {link.value}
      </a>,
    );
    at = link.end;
  }
  out.push(text.slice(at));
  return out;
}
