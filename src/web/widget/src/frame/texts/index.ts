import type { en } from "./en";

export type Texts = typeof en;
export type Locale = "en" | "ru";

/** Only the words that are needed: the other language is loaded when somebody asks for it. */
export async function loadTexts(locale: Locale): Promise<Texts> {
  return locale === "ru" ? (await import("./ru")).ru : (await import("./en")).en;
}

/** The locale that we have for the first of the wishes that names one of ours; English otherwise. */
export function chooseLocale(...wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split(/[-_]/)[0];
    if (language === "ru" || language === "en") return language;
  }
  return "en";
}

/** An inbox's own text: in this locale, else in any that it has. */
export function localText(text: Readonly<Record<string, string>> | undefined, locale: Locale): string | undefined {
  return text?.[locale] || text?.en || Object.values(text ?? {}).find(Boolean);
}
