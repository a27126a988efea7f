import type { WidgetSettings } from "@chat/protocol";
import type { Texts } from "./texts";

export type FormField = NonNullable<WidgetSettings["form"]>["fields"][number];
export type Answers = Readonly<Record<string, string>>;

/** What is wrong with an answer, in words. The server checks the same again. */
export function problemOf(field: Pick<FormField, "type" | "required">, value: string, texts: Texts): string | undefined {
  const answer = value.trim();
  if (!answer) return field.required ? texts.required : undefined;
  if (field.type === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(answer)) return texts.badEmail;
  if (field.type === "phone" && (!/^[+\d\s().-]+$/.test(answer) || answer.replace(/\D/g, "").length < 5)) return texts.badPhone;
  return undefined;
}

/** What the host page knows already. Of a choice it counts only when it can be chosen. */
export function knownAnswers(fields: readonly FormField[], known: Answers): Answers {
  const fits = ({ name, type, options }: FormField) => type !== "select" || options?.some(({ value }) => value === known[name]);
  return Object.fromEntries(fields.map((field) => [field.name, (fits(field) && known[field.name]) || ""]));
}

/** Blank ones too: what the host page says does not take their place. */
export function trimmed(answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, value.trim()]));
}
