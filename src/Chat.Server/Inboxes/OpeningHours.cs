using Chat.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Chat.Server.Inboxes;

/// <summary>
/// Business hours against the clock of the inbox's own zone: open is when that clock shows a time within a period. What a change to summer time skips is so
/// not open, and an hour that comes twice is open twice. Zones come with NodaTime, so that they are the same on every system.
/// </summary>
internal static class OpeningHours
{
    private const int LookAheadDays = 366;
    private const string EndOfDay = "24:00";

    private static readonly LocalTimePattern Time = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    public static OpenState StateAt(BusinessHours hours, DateTimeOffset at)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(hours.TimeZone) ?? DateTimeZone.Utc;
        var now = Instant.FromDateTimeOffset(at);
        var today = now.InZone(zone).Date;
        Instant? next = null;
        // From yesterday on, and a day further than where something is found: a clock that goes back at midnight shows the end of a day after the next has begun.
        for (var day = -1; day <= LookAheadDays; day++)
        {
            var date = today.PlusDays(day);
            var found = next;
            foreach (var open in PeriodsOf(hours, date).SelectMany(period => MomentsOf(period, zone)))
            {
                if (open.Contains(now))
                    return new OpenState(true);
                if (open.Start > now && (next is null || open.Start < next))
                    next = open.Start;
            }
            if (found is not null)
                break;
        }
        return new OpenState(false, next?.ToDateTimeOffset());
    }

    /// <summary>What is wrong, or null; begins with the name of the field.</summary>
    public static Refusal? FindFault(BusinessHours hours)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(hours.TimeZone) is null)
            return Refusal.Of("hours.timeZone", FieldFault.Unknown, "hours.timeZone must be an IANA name such as Europe/Berlin.");
        return FindFault(
                "hours.weekly",
                hours.Weekly,
                Limits.OpenPeriods,
                IsPeriod,
                "periods: day 1 to 7, from and to HH:mm, to later than from."
            )
            ?? FindFault("hours.holidays", hours.Holidays ?? [], Limits.Holidays, day => ParseDate(day) is not null, "dates, yyyy-MM-dd.");
    }

    private static Refusal? FindFault<T>(string field, IReadOnlyList<T> items, int most, Func<T, bool> isGood, string form)
    {
        var sentence = $"{field} has at most {most} {form}";
        if (items.Count > most)
            return Refusal.Of(field, FieldFault.OutOfRange, sentence);
        var good = items.TakeWhile(isGood).Count();
        return good == items.Count ? null : Refusal.Of($"{field}[{good}]", FieldFault.Malformed, sentence);
    }

    private static IEnumerable<(LocalDateTime From, LocalDateTime To)> PeriodsOf(BusinessHours hours, LocalDate date)
    {
        if (hours.Holidays?.Any(day => ParseDate(day) == date) == true)
            yield break;
        foreach (var period in hours.Weekly.Where(period => period.Day == (int)date.DayOfWeek))
        {
            var to = period.To == EndOfDay ? date.PlusDays(1).AtMidnight() : date.At(ParseTime(period.To)!.Value);
            yield return (date.At(ParseTime(period.From)!.Value), to);
        }
    }

    /// <summary>When the zone's clock shows a time of the period: once, in parts around a change of the clock, or never.</summary>
    private static IEnumerable<Interval> MomentsOf((LocalDateTime From, LocalDateTime To) period, DateTimeZone zone)
    {
        // The clocks of the world differ from UTC by less than a day.
        var around = new Interval(period.From.PlusDays(-1).InUtc().ToInstant(), period.To.PlusDays(1).InUtc().ToInstant());
        foreach (var part in zone.GetZoneIntervals(around))
        {
            var from = period.From.WithOffset(part.WallOffset).ToInstant();
            var to = period.To.WithOffset(part.WallOffset).ToInstant();
            if (part.HasStart && from < part.Start)
                from = part.Start;
            if (part.HasEnd && to > part.End)
                to = part.End;
            if (from < to)
                yield return new Interval(from, to);
        }
    }

    private static bool IsPeriod(OpenPeriod? period) =>
        period is { Day: >= 1 and <= 7 }
        && ParseTime(period.From) is { } from
        && (period.To == EndOfDay || (ParseTime(period.To) is { } to && to > from));

    private static LocalTime? ParseTime(string? text) =>
        text is not null && Time.Parse(text) is { Success: true, Value: var time } ? time : null;

    private static LocalDate? ParseDate(string? text) =>
        text is not null && LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date } ? date : null;
}
