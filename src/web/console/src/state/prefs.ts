import { effect, signal } from "@preact/signals";
import { type Locale, locale } from "../texts";
import { readStored, store } from "./storage";

export type Theme = "auto" | "light" | "dark";

export interface Prefs {
  theme: Theme;
  locale: Locale;
  sound: boolean;
  desktop: boolean;
  panel: boolean;
}

const key = "console.prefs";

const defaults: Prefs = {
  theme: "auto",
  locale: navigator.language.startsWith("ru") ? "ru" : "en",
  sound: true,
  desktop: false,
  panel: true,
};

/** This browser's own settings; they outlive a sign-out, for they say nothing of a person. */
export const prefs = signal<Prefs>({ ...defaults, ...readStored<Partial<Prefs>>(key) });

export function setPrefs(change: Partial<Prefs>): void {
  prefs.value = { ...prefs.value, ...change };
  store(key, prefs.value);
}

/** Keeps the page's language and theme as the settings and the system say. */
export function applyPrefs(): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const systemDark = signal(dark.matches);
  const onChange = () => {
    systemDark.value = dark.matches;
  };
  dark.addEventListener("change", onChange);
  const stop = effect(() => {
    const { theme, locale: language } = prefs.value;
    locale.value = language;
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = theme === "dark" || (theme === "auto" && systemDark.value) ? "dark" : "light";
  });
  return () => {
    stop();
    dark.removeEventListener("change", onChange);
  };
}
