import { defaultColor, parseColor } from "@gapless-chat/screens/color";

export interface Settings {
  readonly origin: string;
  readonly inbox: string;
  readonly color: string;
  /** Whether the page chose the colour; else the frame tells the inbox's once it has it. */
  readonly colorGiven: boolean;
  readonly position: "left" | "right";
  readonly theme: "auto" | "light" | "dark";
  readonly locale: string;
  readonly text: string;
}

/** What the snippet says. Nothing when it names no inbox. */
export function readSettings(script: HTMLScriptElement): Settings | undefined {
  const { inbox, color, position, theme, locale, text } = script.dataset;
  if (!inbox) return undefined;
  const given = parseColor(color);
  const language = locale || document.documentElement.lang || navigator.language;
  const label = script.getAttribute(`data-text-${language.slice(0, 2)}`) ?? text ?? "";
  return {
    origin: new URL(script.src).origin,
    inbox,
    color: given ?? defaultColor,
    colorGiven: given !== undefined,
    position: position === "left" ? "left" : "right",
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    locale: language,
    text: label.trim().slice(0, 40),
  };
}

/** Look and host travel in the fragment: known to the frame before its first paint, and never sent over the network. */
export function frameAddress(settings: Settings): string {
  const { origin, inbox, color, colorGiven, position, theme, locale } = settings;
  const look = new URLSearchParams({ host: location.origin, position, theme, locale, ...(colorGiven && { color }) });
  return `${origin}/widget/${encodeURIComponent(inbox)}#${look}`;
}
