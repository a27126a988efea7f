/**
 * A chord such as "g q", "Shift+C", "Alt+ArrowDown" or "Mod+K" (Ctrl, on Apple's keyboards Command). Letters and digits are places on
 * the keyboard and not characters, so that they work with a Russian layout too.
 */
export type Chord = string;

export const isApple = /Mac|iP(hone|ad)/.test(navigator.platform);

export function stroke(event: KeyboardEvent): Chord {
  const parts: string[] = [];
  if (isApple ? event.metaKey : event.ctrlKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  const key = keyName(event);
  if (event.shiftKey && key !== "?") parts.push("Shift");
  return [...parts, key].join("+");
}

function keyName(event: KeyboardEvent): string {
  if (event.key === "?" || event.key === "#") return event.key;
  const place = /^(?:Key|Digit)(\w)$/.exec(event.code)?.[1];
  return place ?? (event.code === "Slash" ? "/" : event.code === "BracketRight" ? "]" : event.key);
}

/** How a chord is written on the sheet. */
export function chordParts(chord: Chord): string[] {
  return chord.split(/[ +]/).map((part) => shown[part] ?? part);
}

const shown: Record<string, string> = {
  Mod: isApple ? "⌘" : "Ctrl",
  Alt: isApple ? "⌥" : "Alt",
  Shift: isApple ? "⇧" : "Shift",
  ArrowDown: "↓",
  ArrowUp: "↑",
  Escape: "Esc",
};

/** Whether keys go into a text and single letters must not act. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button|range|color)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
