import type { JSX } from "preact";
import type { LocalText } from "../state/types";
import { AreaField, TextField } from "../ui/field";

interface Props {
  label: string;
  hint?: string;
  value: LocalText | undefined;
  isLong?: boolean;
  onChange: (value: LocalText | undefined) => void;
}

const locales = [
  { locale: "en", name: "EN" },
  { locale: "ru", name: "RU" },
] as const;

/** One text in each language of the widget. Without any, the widget's own words are used. */
export function LocalTextField({ label, hint, value, isLong, onChange }: Props): JSX.Element {
  const change = (locale: string, text: string) => {
    const next = { ...value, [locale]: text };
    if (text === "") delete next[locale];
    onChange(Object.keys(next).length > 0 ? next : undefined);
  };
  const Control = isLong ? AreaField : TextField;
  return (
    <div class="local-text">
      {locales.map(({ locale, name }) => (
        <Control
          key={locale}
          label={`${label} · ${name}`}
          hint={locale === "en" ? hint : undefined}
          value={value?.[locale] ?? ""}
          onInput={(text: string) => change(locale, text)}
        />
      ))}
    </div>
  );
}

/** The text for a reader, in his language or the next best. */
export function pickText(text: LocalText | undefined, locale: string): string | undefined {
  return text?.[locale] ?? text?.en ?? (text ? Object.values(text)[0] : undefined);
}
