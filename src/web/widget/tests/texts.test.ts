import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseLocale, localText } from "../src/frame/texts";
import { en } from "../src/frame/texts/en";
import { ru } from "../src/frame/texts/ru";

const said = (texts: object) =>
  Object.entries(texts).map(([name, text]) => [name, typeof text === "function" ? text(2) : text] as const);

test("every text is there in both languages and says something", () => {
  expect(Object.keys(ru).sort()).toEqual(Object.keys(en).sort());
  for (const [name, text] of [...said(en), ...said(ru)]) expect(text.length, name).toBeGreaterThan(0);
  expect(ru.scores).toHaveLength(en.scores.length);
});

test("every text is used somewhere", () => {
  const source = join(import.meta.dirname, "../src/frame");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.tsx?$/.test(name) && !/^texts.(en|ru)/.test(name),
  );
  const code = files.map((name) => readFileSync(join(source, name), "utf8")).join("\n");
  // Those of a problem are found by its name.
  const isUsed = (name: string) => new RegExp(`\\b(t|texts)\\.${name}\\b|"${name.replace(/Hint$/, "")}"`).test(code);

  expect(Object.keys(en).filter((name) => !isUsed(name))).toEqual([]);
});

test("every Russian text is in Russian", () => {
  const foreign = said(ru).filter(([name, text]) => name !== "language" && !/[а-яё]/i.test(String(text)));

  expect(foreign).toEqual([]);
});

test("numbers follow the rules of each language", () => {
  expect([1, 2, 5, 21, 1000].map(ru.ahead)).toEqual([
    "Перед вами 1 человек",
    "Перед вами 2 человека",
    "Перед вами 5 человек",
    "Перед вами 21 человек",
    `Перед вами ${new Intl.NumberFormat("ru").format(1000)} человек`,
  ]);
  expect([1, 2].map(en.unread)).toEqual(["1 new message", "2 new messages"]);
});

test("the first wish that names a language of ours is taken", () => {
  expect(chooseLocale(undefined, "de-DE", "ru_RU", "en")).toBe("ru");
  expect(chooseLocale("de")).toBe("en");
});

test("an inbox's text falls back to any that it has", () => {
  expect(localText({ en: "Hello" }, "ru")).toBe("Hello");
  expect(localText({ fi: "Hei" }, "ru")).toBe("Hei");
  expect(localText({}, "ru")).toBeUndefined();
});
