import type { WidgetSettings } from "@gapless-chat/protocol";
import { isBlank, limits } from "@gapless-chat/protocol";
import type { TargetedInputEvent } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { useWidget } from "../context";
import { type Answers, type FormField, knownAnswers, problemOf, trimmed } from "../form-rules";
import { localText } from "../texts";
import { LengthNote } from "./length-note";

interface Props {
  fields: NonNullable<WidgetSettings["form"]>["fields"];
  text: string;
  onText: (text: string) => void;
  onSubmit: (body: string, answers: Answers) => void;
}

const bodyName = "body";

/** The inbox's questions and the first message. Mistakes are told at the field, after the first try; the focus goes to the first one. */
export function Form({ fields, text, onText, onSubmit }: Props) {
  const { t, fields: known } = useWidget();
  const [answers, setAnswers] = useState(() => knownAnswers(fields, known));
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const problems = new Map(fields.map((field) => [field.name, problemOf(field, answers[field.name] ?? "", t)]));
  const bodyProblem = isBlank(text) ? t.required : undefined;

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    const wrong =
      [...problems].find(([, problem]) => problem)?.[0] ??
      (bodyProblem || text.length > limits.BodyLength ? bodyName : undefined);
    if (wrong === undefined) return onSubmit(text, trimmed(fields, answers));
    form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(wrong === bodyName ? bodyName : `field:${wrong}`)}"]`)?.focus();
  };

  return (
    <form class="form" ref={form} onSubmit={submit} noValidate>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={answers[field.name] ?? ""}
          problem={isTried ? problems.get(field.name) : undefined}
          onInput={(value) => setAnswers({ ...answers, [field.name]: value })}
        />
      ))}
      <Labelled label={t.message} required problem={isTried ? bodyProblem : undefined}>
        {(attributes) => (
          <textarea
            {...attributes}
            name={bodyName}
            rows={3}
            value={text}
            onInput={(event) => onText(event.currentTarget.value)}
          />
        )}
      </Labelled>
      <LengthNote length={text.length} />
      <button type="submit" class="button primary">
        {t.start}
      </button>
    </form>
  );
}

interface FieldProps {
  field: FormField;
  value: string;
  problem: string | undefined;
  onInput: (value: string) => void;
}

type Typed = TargetedInputEvent<HTMLInputElement>;

function Field({ field, value, problem, onInput }: FieldProps) {
  const { t, locale } = useWidget();
  const label = localText(field.label, locale) ?? field.name;
  const name = `field:${field.name}`;
  return (
    <Labelled label={label} required={field.required} problem={problem}>
      {(attributes) => {
        const common = { ...attributes, name, value };
        if (field.type === "multiline") {
          return (
            <textarea
              {...common}
              rows={2}
              maxLength={limits.FieldValueLength}
              onInput={(event) => onInput(event.currentTarget.value)}
            />
          );
        }
        if (field.type === "select") {
          return (
            <select {...common} onChange={(event) => onInput(event.currentTarget.value)}>
              <option value="">{t.choose}</option>
              {field.options?.map((option) => (
                <option key={option.value} value={option.value}>
                  {localText(option.label, locale) ?? option.value}
                </option>
              ))}
            </select>
          );
        }
        const input = {
          ...common,
          maxLength: limits.FieldValueLength,
          onInput: (event: Typed) => onInput(event.currentTarget.value),
        };
        if (field.type === "email") return <input {...input} type="email" autoComplete="email" />;
        if (field.type === "phone") return <input {...input} type="tel" autoComplete="tel" />;
        return <input {...input} type="text" />;
      }}
    </Labelled>
  );
}

interface LabelledProps {
  label: string;
  required: boolean;
  problem: string | undefined;
  children: (attributes: Record<string, unknown>) => preact.ComponentChildren;
}

function Labelled({ label, required, problem, children }: LabelledProps) {
  const { t } = useWidget();
  const id = useId();
  const attributes = {
    id,
    "aria-required": required,
    "aria-invalid": problem !== undefined,
    ...(problem && { "aria-describedby": `${id}-problem` }),
  };
  return (
    <div class={problem ? "field wrong" : "field"}>
      <label for={id}>
        {label} {!required && <span class="muted">({t.optional})</span>}
      </label>
      {children(attributes)}
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
