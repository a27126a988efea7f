import { limits } from "@chat/protocol";
import type { JSX } from "preact";
import { t } from "../../texts";
import { Field, Switch, TextField } from "../../ui/field";
import { useEdited } from "../resource";
import { SaveBar } from "../save-bar";
import { Copyable } from "../secret";
import type { TabProps } from "./inbox-page";

const mostDays = 365;

export function GeneralTab({ inbox, patch }: TabProps): JSX.Element {
  const saved = {
    name: inbox.name,
    reopenDays: inbox.reopenDays,
    allowPreview: inbox.allowPreview,
    allowNativeApps: inbox.allowNativeApps,
    queuePosition: inbox.queuePosition ?? true,
  };
  const { value, isChanged, change, reset } = useEdited(saved);
  const isDays = Number.isInteger(value.reopenDays) && value.reopenDays >= 0 && value.reopenDays <= mostDays;
  const wrong = value.name.trim() === "" ? t("name.missing") : isDays ? undefined : t("days.wrong", { n: mostDays });
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void patch(value);
      }}
    >
      <TextField
        label={t("name")}
        hint={t("inbox.name.hint")}
        maxLength={limits.NameLength}
        value={value.name}
        onInput={(name) => change({ name })}
      />
      <Field label={t("inbox.key")} hint={t("inbox.key.hint")}>
        {() => <Copyable text={inbox.key} label={t("inbox.key")} />}
      </Field>
      <TextField
        label={t("inbox.reopen")}
        hint={t("inbox.reopen.hint")}
        type="number"
        min={0}
        max={mostDays}
        value={Number.isNaN(value.reopenDays) ? "" : String(value.reopenDays)}
        onInput={(days) => change({ reopenDays: Number.parseInt(days, 10) })}
      />
      <Switch
        label={t("inbox.queue.position")}
        checked={value.queuePosition}
        onChange={(queuePosition) => change({ queuePosition })}
      />
      <Switch label={t("inbox.preview")} checked={value.allowPreview} onChange={(allowPreview) => change({ allowPreview })} />
      <Switch
        label={t("inbox.native")}
        checked={value.allowNativeApps}
        onChange={(allowNativeApps) => change({ allowNativeApps })}
      />
      <SaveBar isChanged={isChanged} wrong={wrong} onReset={() => reset(saved)} />
    </form>
  );
}
