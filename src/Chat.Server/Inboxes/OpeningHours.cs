using Chat.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Chat.Server.Inboxes;

/// <summary>
/// Business hours against the clock. Times are of the inbox's own zone: an opening that a change to summer time skips is at the first moment after it.
/// Zones come with NodaTime, so that they are the same on every system.
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
        for (var day = 0; day <= LookAheadDays; day++)
        {
            var date = today.PlusDays(day);
            Instant? next = null;
            foreach (var (from, to) in PeriodsOf(hours, date, zone))
            {
                if (from <= now && now < to)
                    return new OpenState(true);
                if (from > now && (next is null || from < next))
                    next = from;
            }
            if (next is { } opens)
                return new OpenState(false, opens.ToDateTimeOffset());
        }
        return new OpenState(false);
    }

    /// <summary>What is wrong, or null; begins with the name of the field.</summary>
    public static string? FindFault(BusinessHours hours)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(hours.TimeZone) is null)
            return "hours.timeZone must be an IANA name such as Europe/Berlin.";
        if (hours.Weekly.Count > Limits.OpenPeriods || hours.Weekly.Any(period => !IsPeriod(period)))
            return $"hours.weekly has at most {Limits.OpenPeriods} periods: day 1 to 7, from and to HH:mm, to later than from.";
        if (hours.Holidays is { } days && (days.Count > Limits.Holidays || days.Any(day => ParseDate(day) is null)))
            return $"hours.holidays has at most {Limits.Holidays} dates, yyyy-MM-dd.";
        return null;
    }

    private static IEnumerable<(Instant From, Instant To)> PeriodsOf(BusinessHours hours, LocalDate date, DateTimeZone zone)
    {
        if (hours.Holidays?.Any(day => ParseDate(day) == date) == true)
            yield break;
        foreach (var period in hours.Weekly.Where(period => period.Day == (int)date.DayOfWeek))
        {
            var to =
                period.To == EndOfDay ? zone.AtStartOfDay(date.PlusDays(1)) : date.At(ParseTime(period.To)!.Value).InZoneLeniently(zone);
            yield return (date.At(ParseTime(period.From)!.Value).InZoneLeniently(zone).ToInstant(), to.ToInstant());
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
