import { isBlank, limits } from "@gapless-chat/protocol";
import type { JSX } from "preact";
import { t } from "../../texts";
import { Field, Switch, TextField } from "../../ui/field";
import { useEdited } from "../resource";
import { SaveBar } from "../save-bar";
import { Copyable } from "../secret";
import type { TabProps } from "./inbox-page";

const mostDays = 365;
const mostOpen = 1000;

export function GeneralTab({ inbox, patch }: TabProps): JSX.Element {
  const saved = {
    name: inbox.name,
    reopenDays: inbox.reopenDays,
    openConversations: inbox.openConversations,
    allowPreview: inbox.allowPreview,
    allowNativeApps: inbox.allowNativeApps,
    queuePosition: inbox.queuePosition ?? true,
  };
  const { value, isChanged, change, reset } = useEdited(saved);
  const wrong =
    (isBlank(value.name) && t("name.missing")) ||
    (!isWithin(value.reopenDays, 0, mostDays) && t("number.wrong", { from: 0, to: mostDays })) ||
    (!isWithin(value.openConversations, 1, mostOpen) && t("number.wrong", { from: 1, to: mostOpen })) ||
    undefined;
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
      <TextField
        label={t("inbox.open")}
        hint={t("inbox.open.hint")}
        type="number"
        min={1}
        max={mostOpen}
        value={Number.isNaN(value.openConversations) ? "" : String(value.openConversations)}
        onInput={(count) => change({ openConversations: Number.parseInt(count, 10) })}
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

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
