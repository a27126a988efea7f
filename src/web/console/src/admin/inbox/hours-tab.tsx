import { Plus, X } from "lucide";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Hours, InboxSettings, LocalText, OpenSpan } from "../../state/types";
import { locale, t } from "../../texts";
import { Button } from "../../ui/button";
import { ChoiceField, Switch } from "../../ui/field";
import { LocalTextField } from "../local-text-field";
import { useEdited } from "../resource";
import { SaveBar } from "../save-bar";
import { days, dayTitle, standardHours, timeZones, wrongHours } from "./hours";
import type { TabProps } from "./inbox-page";

interface Edited {
  hours: Hours | undefined;
  offlineText: LocalText | undefined;
}

export function HoursTab({ inbox, patch }: TabProps): JSX.Element {
  const saved: Edited = { hours: inbox.hours, offlineText: inbox.offlineText };
  const { value, isChanged, change, reset } = useEdited<Edited>(saved);
  const { hours } = value;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void patch(patchOf(value, inbox));
      }}
    >
      <p class="muted">{t("hours.text")}</p>
      <Switch
        label={t("hours.on")}
        checked={hours !== undefined}
        onChange={(isOn) => change({ hours: isOn ? standardHours() : undefined })}
      />
      {hours && (
        <>
          <ChoiceField
            label={t("time.zone")}
            value={hours.timeZone}
            options={timeZones(hours.timeZone).map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
            onPick={(timeZone) => change({ hours: { ...hours, timeZone } })}
          />
          <ul class="week">
            {days.map((day) => (
              <Day key={day} day={day} spans={hours.weekly} onChange={(weekly) => change({ hours: { ...hours, weekly } })} />
            ))}
          </ul>
          <Holidays dates={hours.holidays ?? []} onChange={(holidays) => change({ hours: { ...hours, holidays } })} />
        </>
      )}
      <LocalTextField
        label={t("offline.text")}
        hint={t("offline.text.hint")}
        isLong
        value={value.offlineText}
        onChange={(offlineText) => change({ offlineText })}
      />
      <SaveBar isChanged={isChanged} wrong={wrongHours(hours)} onReset={() => reset(saved)} />
    </form>
  );
}

function patchOf({ hours, offlineText }: Edited, inbox: InboxSettings) {
  const clear = [!hours && inbox.hours ? "hours" : "", !offlineText && inbox.offlineText ? "offlineText" : ""].filter(Boolean);
  return { ...(hours ? { hours } : {}), ...(offlineText ? { offlineText } : {}), ...(clear.length > 0 ? { clear } : {}) };
}

function Day({
  day,
  spans,
  onChange,
}: {
  day: number;
  spans: readonly OpenSpan[];
  onChange: (spans: OpenSpan[]) => void;
}): JSX.Element {
  const title = dayTitle(day, locale.value);
  const own = spans.filter((span) => span.day === day);
  const replace = (old: OpenSpan, part: Partial<OpenSpan>) =>
    onChange(spans.map((span) => (span === old ? { ...span, ...part } : span)));
  return (
    <li class="day-row">
      <b>{title}</b>
      <div class="day-spans">
        {own.map((span, index) => (
          <span key={index} class="day-span">
            <input
              class="input"
              type="time"
              aria-label={`${title}: ${t("from")}`}
              value={span.from}
              onInput={(event) => replace(span, { from: event.currentTarget.value })}
            />
            –
            <input
              class="input"
              type="time"
              aria-label={`${title}: ${t("to")}`}
              value={span.to}
              onInput={(event) => replace(span, { to: event.currentTarget.value })}
            />
            <Button
              icon={X}
              small
              look="quiet"
              label={t("delete")}
              onClick={() => onChange(spans.filter((one) => one !== span))}
            />
          </span>
        ))}
        {own.length === 0 && <span class="muted">{t("hours.shut")}</span>}
        <Button
          icon={Plus}
          small
          look="quiet"
          label={`${title}: ${t("add")}`}
          onClick={() => onChange([...spans, { day, from: "09:00", to: "18:00" }])}
        />
      </div>
    </li>
  );
}

function Holidays({ dates, onChange }: { dates: readonly string[]; onChange: (dates: string[]) => void }): JSX.Element {
  const [date, setDate] = useState("");
  return (
    <div class="field">
      <span class="legend">{t("holidays")}</span>
      <div class="tags">
        {dates.map((one) => (
          <span key={one} class="chip tag">
            {one}
            <button
              type="button"
              aria-label={t("tag.remove", { tag: one })}
              onClick={() => onChange(dates.filter((other) => other !== one))}
            >
              ×
            </button>
          </span>
        ))}
        <input
          class="input holiday"
          type="date"
          aria-label={t("holidays")}
          value={date}
          onInput={(event) => setDate(event.currentTarget.value)}
        />
        <Button
          small
          disabled={!date || dates.includes(date)}
          onClick={() => {
            onChange([...dates, date].sort());
            setDate("");
          }}
        >
          {t("add")}
        </Button>
      </div>
    </div>
  );
}
