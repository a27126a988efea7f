// @vitest-environment happy-dom
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Forms, fill, languages, locale, t } from "../src/texts";
import { dayName, span } from "../src/texts/format";

const source = join(import.meta.dirname, "../src");
const names = (text: string | Forms) => new Set([...JSON.stringify(text).matchAll(/\{([\w.]+)\}/g)].map((match) => match[1]));

describe("texts", () => {
  test("both languages have the same keys, none of them empty", () => {
    expect(Object.keys(languages.ru).sort()).toEqual(Object.keys(languages.en).sort());
    for (const language of Object.values(languages)) for (const text of Object.values(language)) expect(text).not.toBe("");
  });

  test("both languages fill in the same names", () => {
    for (const [key, text] of Object.entries(languages.en))
      expect(names(languages.ru[key as keyof typeof languages.ru]), key).toEqual(names(text));
  });

  test("plurals have every form that their language knows", () => {
    for (const [language, texts] of Object.entries(languages)) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
      for (const [key, text] of Object.entries(texts))
        if (typeof text !== "string") expect(Object.keys(text).sort(), `${language} ${key}`).toEqual(forms);
    }
  });

  test("Russian counts as Russians do", () => {
    const say = (n: number) => fill(languages.ru.unread, "ru", { n });
    expect([1, 3, 5, 11, 21, 22].map(say)).toEqual([
      "1 новое сообщение",
      "3 новых сообщения",
      "5 новых сообщений",
      "11 новых сообщений",
      "21 новое сообщение",
      "22 новых сообщения",
    ]);
  });

  test("every text is used somewhere", () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
      (name) => /\.tsx?$/.test(name) && !/^texts.(en|ru)/.test(name),
    );
    const code = files.map((name) => readFileSync(join(source, name), "utf8")).join("\n");
    const made = [...code.matchAll(/`([a-z.]+)\.\$\{/g)].map((match) => `${match[1]}.`);
    const isUsed = (key: string) => code.includes(`"${key}"`) || made.some((start) => key.startsWith(start));
    expect(Object.keys(languages.en).filter((key) => !isUsed(key))).toEqual([]);
  });

  test("a name that is missing stays visible", () => {
    expect(fill("Hello {who}", "en", {})).toBe("Hello {who}");
  });

  test("spans are told in their largest unit", () => {
    locale.value = "en";
    expect([5_000, 61_000, 3_600_000 * 5, 86_400_000 * 3].map(span)).toEqual(["now", "1 min", "5 h", "3 d"]);
  });

  test("days have names as the language has them", () => {
    const now = new Date(2026, 10, 30, 12).getTime();
    locale.value = "ru";
    expect(dayName(now - 86_400_000, now)).toBe("Вчера");
    expect(dayName(now - 5 * 86_400_000, now)).toBe("ср, 25 ноября");
    locale.value = "en";
    expect(dayName(now, now)).toBe(t("today"));
  });
});
