import type { Hours } from "../../state/types";
import { t } from "../../texts";

/** ISO 8601: Monday is 1. */
export const days = [1, 2, 3, 4, 5, 6, 7] as const;
const workDays = [1, 2, 3, 4, 5];
/** A Monday, whatever the time zone. */
const mondayNoon = Date.UTC(2024, 0, 1, 12);
const dayMs = 86_400_000;

export function dayTitle(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(mondayNoon + (day - 1) * dayMs);
}

export function standardHours(): Hours {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { timeZone, weekly: workDays.map((day) => ({ day, from: "09:00", to: "18:00" })) };
}

export function timeZones(current: string): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return [...new Set([current, "UTC", ...all])].sort();
}

/** What is wrong with the hours, in words; undefined when they can be saved. */
export function wrongHours(hours: Hours | undefined): string | undefined {
  if (!hours) return undefined;
  if (hours.weekly.length === 0) return t("hours.never");
  if (hours.weekly.some((span) => !span.from || !span.to || span.from >= span.to)) return t("hours.wrong");
  const sorted = [...hours.weekly].sort((a, b) => a.day - b.day || a.from.localeCompare(b.from));
  const isOverlapping = sorted.some((span, index) => {
    const next = sorted[index + 1];
    return next !== undefined && next.day === span.day && next.from < span.to;
  });
  return isOverlapping ? t("hours.overlap") : undefined;
}
