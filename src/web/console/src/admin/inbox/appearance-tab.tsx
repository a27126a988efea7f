import { textOn, white } from "@gapless-chat/screens/color";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Appearance } from "../../state/types";
import { locale as consoleLocale, type Locale, type TextKey, t } from "../../texts";
import { Field, TextField } from "../../ui/field";
import { Segments } from "../../ui/segments";
import { LocalTextField } from "../local-text-field";
import { useEdited } from "../resource";
import { SaveBar } from "../save-bar";
import type { TabProps } from "./inbox-page";
import { Preview } from "./preview";

export const plain: Appearance = { color: "#4a51d6", position: "right", theme: "auto" };
const swatches = ["#4a51d6", "#0b6bcb", "#0f766e", "#15803d", "#b45309", "#c2410c", "#be123c", "#7e22ce", "#1f2937"];

export function AppearanceTab({ inbox, patch }: TabProps): JSX.Element {
  const saved = inbox.appearance ?? plain;
  const { value, isChanged, change, reset } = useEdited<Appearance>(saved);
  const [shown, setShown] = useState<Locale>(consoleLocale.value);
  const isColor = /^#[0-9a-f]{6}$/i.test(value.color);
  const isLogo = !value.logo || /^https:\/\/\S+$/i.test(value.logo);
  const wrong = isColor ? (isLogo ? undefined : t("logo.wrong")) : t("color.wrong");
  const text = (name: "title" | "launcher" | "greeting", label: TextKey, isLong = false) => (
    <LocalTextField
      label={t(label)}
      value={value[name]}
      isLong={isLong}
      onChange={(words) => change({ [name]: words } as Partial<Appearance>)}
    />
  );
  return (
    <form
      class="form with-preview"
      onSubmit={(event) => {
        event.preventDefault();
        void patch({ appearance: value });
      }}
    >
      <div class="form">
        <Field label={t("color")} hint={isColor && textOn(value.color) !== white ? t("color.pale") : undefined}>
          {(ties) => (
            <div class="colors">
              {swatches.map((color) => (
                <button
                  key={color}
                  type="button"
                  class="swatch"
                  aria-label={color}
                  aria-pressed={color === value.color}
                  style={{ background: color }}
                  onClick={() => change({ color })}
                />
              ))}
              <input
                {...ties}
                class="input mono"
                maxLength={7}
                value={value.color}
                onInput={(event) => change({ color: event.currentTarget.value })}
              />
            </div>
          )}
        </Field>
        <div class="form-row">
          <div class="field">
            <span class="legend">{t("position")}</span>
            <Segments
              label={t("position")}
              value={value.position}
              options={(["left", "right"] as const).map((side) => ({ value: side, label: t(`position.${side}`) }))}
              onPick={(position) => change({ position })}
            />
          </div>
          <div class="field">
            <span class="legend">{t("theme")}</span>
            <Segments
              label={t("theme")}
              value={value.theme}
              options={(["auto", "light", "dark"] as const).map((theme) => ({ value: theme, label: t(`theme.${theme}`) }))}
              onPick={(theme) => change({ theme })}
            />
          </div>
        </div>
        {text("title", "widget.title")}
        {text("launcher", "widget.launcher")}
        {text("greeting", "widget.greeting", true)}
        <TextField
          label={t("logo")}
          hint={t("logo.hint")}
          type="url"
          placeholder="https://"
          value={value.logo ?? ""}
          onInput={(logo) => change({ logo: logo || undefined } as Partial<Appearance>)}
        />
        <SaveBar isChanged={isChanged} wrong={wrong} onReset={() => reset(saved)} />
      </div>
      <div class="preview-place">
        <Segments
          label={t("language")}
          value={shown}
          options={[
            { value: "en", label: "EN" },
            { value: "ru", label: "RU" },
          ]}
          onPick={setShown}
        />
        <Preview appearance={isColor ? value : { ...value, color: plain.color }} name={inbox.name} language={shown} />
      </div>
    </form>
  );
}
