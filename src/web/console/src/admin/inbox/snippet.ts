import type { Appearance, LocalText } from "../../state/types";

/** The line for the host page. The button's looks come with it, so that the page asks the chat for nothing before a click. */
export function snippetOf(origin: string, key: string, { color, position, theme, launcher }: Appearance): string {
  const attributes: [string, string | undefined][] = [
    ["src", `${origin}/widget.js`],
    ["data-inbox", key],
    ["data-color", color],
    ["data-position", position],
    ["data-theme", theme],
    ...Object.entries(launcher ?? ({} as LocalText)).map(([locale, text]): [string, string | undefined] => [
      `data-text-${locale}`,
      text,
    ]),
  ];
  const written = attributes.filter(([, value]) => value).map(([name, value]) => `${name}="${escapeAttribute(value ?? "")}"`);
  return `<script async ${written.join("\n  ")}></script>`;
}

function escapeAttribute(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
