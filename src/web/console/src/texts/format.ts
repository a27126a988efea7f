import { locale, t } from ".";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale.value} ${name}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale.value === "en" ? "en-GB" : "ru", options);
  formats.set(key, made);
  return made;
}

export function clockTime(at: number): string {
  return format("time", { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function dayAndTime(at: number): string {
  return format("day-time", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}

/** Today, yesterday or the date. */
export function dayName(at: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / dayMs);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return isThisYear
    ? format("day", { weekday: "short", day: "numeric", month: "long" }).format(at)
    : format("day-year", { day: "numeric", month: "long", year: "numeric" }).format(at);
}

/** How long something lasts, in its largest unit: "now", "4 min", "2 h", "3 d". */
export function span(ms: number): string {
  if (ms < minuteMs) return t("span.now");
  if (ms < hourMs) return t("span.minutes", { n: Math.floor(ms / minuteMs) });
  if (ms < dayMs) return t("span.hours", { n: Math.floor(ms / hourMs) });
  return t("span.days", { n: Math.floor(ms / dayMs) });
}

/** The time of today, else the day with its time. */
export function moment(at: number, now: number): string {
  return startOfDay(at) === startOfDay(now) ? clockTime(at) : `${shortTime(at, now)} ${clockTime(at)}`;
}

/** The time of today, else the day. */
export function shortTime(at: number, now: number): string {
  if (startOfDay(at) === startOfDay(now)) return clockTime(at);
  if (Math.abs(now - at) < 6 * dayMs) return format("weekday", { weekday: "short" }).format(at);
  return format("short-day", { day: "numeric", month: "short" }).format(at);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
