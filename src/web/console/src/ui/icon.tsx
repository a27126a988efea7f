import type { IconNode } from "lucide";
import { h, type JSX } from "preact";

/** One of lucide's icons. Decoration only: what it means is said by the text or label beside it. */
export function Icon({ of, size = 16 }: { of: IconNode; size?: number }): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {of.map(([tag, attributes]) => h(tag, attributes as object))}
    </svg>
  );
}
