import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  wrong?: string | undefined;
  /** Draws the control; the given attributes tie it to its label and its hint. */
  children: (ties: { id: string; "aria-describedby"?: string; "aria-invalid"?: "true" }) => ComponentChildren;
}

export function Field({ label, hint, wrong, children }: FieldProps): JSX.Element {
  const id = useId();
  const said = wrong ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(said ? { "aria-describedby": `${id}-said` } : {}),
        ...(wrong ? { "aria-invalid": "true" as const } : {}),
      })}
      {said && (
        <span id={`${id}-said`} class={wrong ? "wrong" : "hint"} role={wrong ? "alert" : undefined}>
          {said}
        </span>
      )}
    </div>
  );
}

interface InputProps {
  label: string;
  hint?: ComponentChildren;
  wrong?: string | undefined;
  type?: "text" | "email" | "password" | "url" | "number";
  name?: string;
  autocomplete?: "username" | "current-password" | "new-password";
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
  maxLength?: number;
  min?: number;
  max?: number;
  value: string;
  onInput: (value: string) => void;
}

export function TextField({ label, hint, wrong, value, onInput, ...rest }: InputProps): JSX.Element {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ties) => (
        <input
          {...({ ...rest, ...ties } as object)}
          class="input"
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface AreaProps {
  label: string;
  hint?: ComponentChildren;
  wrong?: string | undefined;
  value: string;
  rows?: number;
  maxLength?: number;
  mono?: boolean;
  onInput: (value: string) => void;
}

export function AreaField({ label, hint, wrong, value, rows = 3, maxLength, mono, onInput }: AreaProps): JSX.Element {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ties) => (
        <textarea
          {...ties}
          class={mono ? "input mono" : "input"}
          rows={rows}
          {...(maxLength ? { maxLength } : {})}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  hint?: ComponentChildren;
  value: T;
  options: readonly { value: T; label: string }[];
  onPick: (value: T) => void;
}

export function ChoiceField<T extends string>({ label, hint, value, options, onPick }: ChoiceProps<T>): JSX.Element {
  return (
    <Field label={label} hint={hint}>
      {(ties) => (
        <select {...ties} class="input" value={value} onChange={(event) => onPick(event.currentTarget.value as T)}>
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Switch({
  label,
  checked,
  onChange,
}: {
  label: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}): JSX.Element {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
