// Dates as people write them. Times are those of the server; the zone is that of the browser.

const day = 86_400_000;

const startOfDay = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** Whole days from `at` to `now` by the calendar; daylight saving makes some days shorter. */
const daysBetween = (at: number, now: number) => Math.round((startOfDay(now) - startOfDay(at)) / day);

export const isSameDay = (one: number, other: number) => startOfDay(one) === startOfDay(other);

export const timeOf = (at: number, locale: string) =>
  new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);

export const fullTime = (at: number, locale: string) =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(at);

/** "Today", "Yesterday", "Monday", "3 March", with the year when it is another one. */
export function dayOf(at: number, now: number, locale: string): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day"));
  if (days > 1 && days < 7) return capital(new Intl.DateTimeFormat(locale, { weekday: "long" }).format(at));
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...year }).format(at);
}

/** For a list: the time of today, else the day. */
export function shortTime(at: number, now: number, locale: string): string {
  if (daysBetween(at, now) === 0) return timeOf(at, locale);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" }).format(at);
}

/** When we open: "at 09:00", "tomorrow at 09:00", "on Monday at 09:00", made by the language's own rules. */
export function openingOf(at: number, now: number, locale: string): string {
  const days = daysBetween(now, at);
  if (days === 0 || days === 1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
    return `${name}, ${timeOf(at, locale)}`;
  }
  return new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
  }).format(at);
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
