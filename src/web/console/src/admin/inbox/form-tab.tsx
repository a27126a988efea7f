import { limits } from "@gapless-chat/protocol";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { FormField, FormFieldType } from "../../state/types";
import { type TextKey, t } from "../../texts";
import { Button } from "../../ui/button";
import { AreaField, ChoiceField, Switch, TextField } from "../../ui/field";
import { LocalTextField } from "../local-text-field";
import { useEdited } from "../resource";
import { SaveBar } from "../save-bar";
import { type FormOption, moved, optionsOf, optionsText, withField, wrongOf } from "./form-fields";
import type { TabProps } from "./inbox-page";

const types: readonly FormFieldType[] = ["text", "email", "phone", "select", "multiline"];

/** What a visitor is asked before the first message. */
export function FormTab({ inbox, patch }: TabProps): JSX.Element {
  const saved = { fields: inbox.form?.fields ?? [] };
  const { value, isChanged, change, reset } = useEdited<{ fields: FormField[] }>(saved);
  const { fields } = value;
  const put = (index: number, part: Partial<FormField>) =>
    change({ fields: fields.map((field, at) => (at === index ? { ...field, ...part } : field)) });
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void patch(fields.length > 0 ? { form: { fields } } : { clear: ["form"] });
      }}
    >
      <p class="muted">{t("form.text")}</p>
      <ol class="form-fields">
        {fields.map((field, index) => (
          <li key={index} class="form-field">
            <FieldEditor
              field={field}
              onChange={(part) => put(index, part)}
              onMove={(by) => change({ fields: moved(fields, index, by) })}
              onRemove={() => change({ fields: fields.filter((_, at) => at !== index) })}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button icon={Plus} disabled={fields.length >= limits.FormFields} onClick={() => change({ fields: withField(fields) })}>
          {t("form.add")}
        </Button>
      </div>
      <SaveBar isChanged={isChanged} wrong={wrongOf(fields)} onReset={() => reset(saved)} />
    </form>
  );
}

interface EditorProps {
  field: FormField;
  onChange: (part: Partial<FormField>) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}

function FieldEditor({ field, onChange, onMove, onRemove }: EditorProps): JSX.Element {
  return (
    <>
      <div class="form-row">
        <TextField
          label={t("form.name")}
          maxLength={limits.FieldNameLength}
          value={field.name}
          onInput={(name) => onChange({ name })}
        />
        <ChoiceField
          label={t("form.type")}
          value={field.type}
          options={types.map((type) => ({ value: type, label: t(`form.type.${type}` as TextKey) }))}
          onPick={(type) => onChange({ type, ...(type === "select" ? { options: field.options ?? [] } : {}) })}
        />
        <div class="form-field-actions">
          <Button icon={ArrowUp} small look="quiet" label={t("move.up")} onClick={() => onMove(-1)} />
          <Button icon={ArrowDown} small look="quiet" label={t("move.down")} onClick={() => onMove(1)} />
          <Button icon={Trash2} small look="quiet" label={t("delete")} onClick={onRemove} />
        </div>
      </div>
      <LocalTextField label={t("form.label")} value={field.label} onChange={(label) => onChange({ label: label ?? {} })} />
      {field.type === "select" && <OptionsField options={field.options ?? []} onChange={(options) => onChange({ options })} />}
      <Switch label={t("form.required")} checked={field.required} onChange={(required) => onChange({ required })} />
    </>
  );
}

/** Stays as it is typed while it says what the options are, and is theirs when they come from elsewhere: another field here, a change given up. */
function OptionsField({ options, onChange }: { options: FormOption[]; onChange: (options: FormOption[]) => void }): JSX.Element {
  const [typed, setTyped] = useState("");
  const isTheirs = JSON.stringify(optionsOf(typed)) !== JSON.stringify(options);
  return (
    <AreaField
      label={t("form.options")}
      hint={t("form.options.hint")}
      value={isTheirs ? optionsText(options) : typed}
      onInput={(text) => {
        setTyped(text);
        onChange(optionsOf(text));
      }}
    />
  );
}
