import { signal } from "@preact/signals";
import { en } from "./en";
import { ru } from "./ru";

export type Locale = "en" | "ru";
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type TextKey = keyof typeof en;
export type Params = Readonly<Record<string, string | number>>;

export const languages: Readonly<Record<Locale, Readonly<Record<TextKey, string | Forms>>>> = { en, ru };

export const locale = signal<Locale>("en");

const plurals: Record<Locale, Intl.PluralRules> = { en: new Intl.PluralRules("en"), ru: new Intl.PluralRules("ru") };

/** The text in the reader's language. `n` chooses the plural form. Reading it in a component follows the language. */
export function t(key: TextKey, params?: Params): string {
  return fill(languages[locale.value][key], locale.value, params);
}

export function fill(text: string | Forms, language: Locale, params?: Params): string {
  const chosen = typeof text === "string" ? text : (text[plurals[language].select(Number(params?.n ?? 0))] ?? text.other);
  return params ? chosen.replace(/\{(\w+)\}/g, (whole, name: string) => shown(params[name], language) ?? whole) : chosen;
}

function shown(value: string | number | undefined, language: Locale): string | undefined {
  return typeof value === "number" ? value.toLocaleString(language) : value;
}
