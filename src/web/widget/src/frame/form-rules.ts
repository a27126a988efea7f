import { isBlank, type WidgetSettings } from "@gapless-chat/protocol";
import type { Texts } from "./texts";

export type FormField = NonNullable<WidgetSettings["form"]>["fields"][number];
export type Answers = Readonly<Record<string, string>>;

// They come along when an address is copied, and the server takes none in one.
const hidden = /\p{Cf}/gu;

/** What is wrong with an answer, in words. The server checks the same again. */
export function problemOf(field: Pick<FormField, "type" | "required">, value: string, texts: Texts): string | undefined {
  const answer = answerOf(field.type, value);
  if (isBlank(answer)) return field.required ? texts.required : undefined;
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
export function trimmed(fields: readonly FormField[], answers: Answers): Answers {
  const types = new Map(fields.map(({ name, type }) => [name, type]));
  return Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, answerOf(types.get(name), value)]));
}

const answerOf = (type: FormField["type"] | undefined, value: string) =>
  (type === "email" ? value.replace(hidden, "") : value).trim();
