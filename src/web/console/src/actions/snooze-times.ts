import type { TextKey } from "../texts";

export interface SnoozeTime {
  text: TextKey;
  at: Date;
}

const hourMs = 3_600_000;
const morning = 9;

/** The moments that are offered: in the operator's own time zone, none of them twice. */
export function snoozeTimes(now: Date): SnoozeTime[] {
  const tomorrow = atMorning(now, 1);
  const monday = atMorning(now, (8 - now.getDay()) % 7 || 7);
  const times: SnoozeTime[] = [
    { text: "snooze.hour", at: new Date(now.getTime() + hourMs) },
    { text: "snooze.hours", at: new Date(now.getTime() + 3 * hourMs) },
    { text: "snooze.tomorrow", at: tomorrow },
  ];
  if (monday.getTime() !== tomorrow.getTime()) times.push({ text: "snooze.monday", at: monday });
  return times;
}

function atMorning(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, morning);
}

/** A moment as a `datetime-local` field has it. */
export function localInput(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
