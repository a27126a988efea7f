import type { FormField, LocalText } from "../../state/types";
import { t } from "../../texts";
import { pickText } from "../local-text-field";

export type FormOption = NonNullable<FormField["options"]>[number];

export function withField(fields: readonly FormField[]): FormField[] {
  const taken = new Set(fields.map((field) => field.name));
  let n = fields.length + 1;
  while (taken.has(`field${n}`)) n++;
  return [...fields, { name: `field${n}`, type: "text", label: {}, required: false }];
}

export function moved<T>(all: readonly T[], index: number, by: 1 | -1): T[] {
  const next = [...all];
  const to = index + by;
  const [one] = next.splice(index, 1);
  if (one === undefined || to < 0 || to >= all.length) return [...all];
  next.splice(to, 0, one);
  return next;
}

/** A line is an option: its value, and after bars its English and its Russian text. */
export function optionsOf(text: string): FormOption[] {
  return text.split("\n").flatMap((line) => {
    const [first = "", en = "", ru] = line.split("|").map((part) => part.trim());
    const value = first || en;
    if (value === "") return [];
    const label: LocalText = { en: en || value, ...(ru && { ru }) };
    return [{ value, label }];
  });
}

export function optionsText(options: readonly FormOption[]): string {
  return options
    .map(({ value, label: { en = value, ru } }) => (ru ? [value, en, ru] : en === value ? [value] : [value, en]).join(" | "))
    .join("\n");
}

/** What is wrong with the form, in words; undefined when it can be saved. */
export function wrongOf(fields: readonly FormField[]): string | undefined {
  const names = fields.map((field) => field.name.trim());
  if (names.some((name) => name === "")) return t("form.name.missing");
  if (new Set(names).size < names.length) return t("form.name.twice");
  if (fields.some((field) => !pickText(field.label, "en"))) return t("form.label.missing");
  if (fields.some((field) => field.type === "select" && (field.options ?? []).length === 0)) return t("form.options.missing");
  return undefined;
}
