using System.Globalization;
using Chat.Contracts;
using Chat.Server.Inboxes;
using CsCheck;
using NodaTime;

namespace Chat.Server.Tests.Inboxes;

public sealed class OpeningHoursTests
{
    private static readonly BusinessHours Berlin = new(
        "Europe/Berlin",
        [new(1, "09:00", "12:00"), new(1, "13:00", "18:00"), new(6, "20:00", "24:00"), new(7, "00:00", "02:30")],
        ["2026-12-28"]
    );

    [Theory]
    // Monday, 30 November 2026; Berlin is an hour ahead of UTC.
    [InlineData("2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z")]
    [InlineData("2026-11-30T08:00:00Z", null)]
    [InlineData("2026-11-30T11:00:00Z", "2026-11-30T12:00:00Z")]
    [InlineData("2026-11-30T12:00:00Z", null)]
    [InlineData("2026-11-30T17:00:00Z", "2026-12-05T19:00:00Z")]
    // From Saturday into Sunday.
    [InlineData("2026-12-05T22:59:59Z", null)]
    [InlineData("2026-12-05T23:00:00Z", null)]
    [InlineData("2026-12-06T01:30:00Z", "2026-12-07T08:00:00Z")]
    // A Monday that is a holiday.
    [InlineData("2026-12-28T10:00:00Z", "2027-01-02T19:00:00Z")]
    public void It_is_open_in_its_periods_and_says_when_it_opens_next(string at, string? opensAt)
    {
        var expected = opensAt is null ? new OpenState(true) : new OpenState(false, Time(opensAt));

        Assert.Equal(expected, OpeningHours.StateAt(Berlin, Time(at)));
    }

    [Theory]
    // Sunday, 28 March 2027: from 02:00 to 03:00 in the night. What is left of a period begins at once after it; one that is within is not that day.
    [InlineData("Europe/Berlin", 7, "02:30", "04:00", "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z")]
    [InlineData("Europe/Berlin", 7, "02:30", "04:00", "2027-03-28T01:59:59Z", null)]
    [InlineData("Europe/Berlin", 7, "02:30", "04:00", "2027-03-28T02:00:00Z", "2027-04-04T00:30:00Z")]
    [InlineData("Europe/Berlin", 7, "02:15", "03:00", "2027-03-28T00:00:00Z", "2027-04-04T00:15:00Z")]
    [InlineData("Europe/Berlin", 7, "01:30", "02:30", "2027-03-28T00:59:59Z", null)]
    [InlineData("Europe/Berlin", 7, "01:30", "02:30", "2027-03-28T01:00:00Z", "2027-04-03T23:30:00Z")]
    // Sunday, 25 October 2026: from 03:00 to 02:00, so that 02:00 to 03:00 comes twice.
    [InlineData("Europe/Berlin", 7, "02:15", "02:45", "2026-10-25T00:20:00Z", null)]
    [InlineData("Europe/Berlin", 7, "02:15", "02:45", "2026-10-25T00:50:00Z", "2026-10-25T01:15:00Z")]
    [InlineData("Europe/Berlin", 7, "02:15", "02:45", "2026-10-25T01:20:00Z", null)]
    [InlineData("Europe/Berlin", 7, "02:15", "03:30", "2026-10-25T01:05:00Z", "2026-10-25T01:15:00Z")]
    [InlineData("Europe/Berlin", 7, "02:15", "03:30", "2026-10-25T02:29:59Z", null)]
    // Summer time itself.
    [InlineData("Europe/Berlin", 1, "09:00", "12:00", "2027-06-06T12:00:00Z", "2027-06-07T07:00:00Z")]
    // Friday, 24 April 2026, in Cairo: from 00:00 to 01:00, so that there is no midnight.
    [InlineData("Africa/Cairo", 5, "00:00", "02:00", "2026-04-23T21:59:59Z", "2026-04-23T22:00:00Z")]
    [InlineData("Africa/Cairo", 5, "00:15", "00:45", "2026-04-23T21:00:00Z", "2026-04-30T21:15:00Z")]
    [InlineData("Africa/Cairo", 4, "22:00", "24:00", "2026-04-23T21:59:59Z", null)]
    [InlineData("Africa/Cairo", 4, "22:00", "24:00", "2026-04-23T22:00:00Z", "2026-04-30T19:00:00Z")]
    // Thursday, 29 October 2026, in Cairo: at midnight back to 23:00, so that the last hour comes twice.
    [InlineData("Africa/Cairo", 4, "23:00", "24:00", "2026-10-29T21:59:59Z", null)]
    // Friday, 30 December 2011, in Samoa: was left out.
    [InlineData("Pacific/Apia", 5, "09:00", "17:00", "2011-12-30T08:00:00Z", "2012-01-05T19:00:00Z")]
    public void Where_the_clock_is_changed_it_is_open_while_the_clock_shows_a_time_of_the_period(
        string zone,
        int day,
        string from,
        string to,
        string at,
        string? opensAt
    )
    {
        var expected = opensAt is null ? new OpenState(true) : new OpenState(false, Time(opensAt));

        Assert.Equal(expected, OpeningHours.StateAt(new BusinessHours(zone, [new(day, from, to)]), Time(at)));
    }

    [Fact]
    public void A_holiday_is_closed_in_both_of_its_doubled_hours()
    {
        var nightly = new BusinessHours("Europe/Berlin", [new(7, "02:00", "03:00")], ["2026-10-25"]);

        Assert.Equal(new OpenState(false, Time("2026-11-01T01:00:00Z")), OpeningHours.StateAt(nightly, Time("2026-10-25T00:30:00Z")));
    }

    [Fact]
    public void Whenever_it_is_asked_it_opens_when_it_says_and_not_before()
    {
        string[] zones =
        [
            "Europe/Berlin",
            "Africa/Cairo",
            "Asia/Beirut",
            "America/Havana",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Nuuk",
            "Asia/Kathmandu",
        ];
        var period = Gen.Select(
            Gen.Int[1, 7],
            Gen.Int[0, 95],
            Gen.Int[1, 96],
            (day, from, length) => new OpenPeriod(day, Quarter(from), Quarter(Math.Min(from + length, 96)))
        );
        Gen.Select(Gen.Int[0, zones.Length - 1].Select(i => zones[i]), period.Array[1, 3], Gen.Int[0, 60], Gen.Int[-72 * 60, 72 * 60])
            .Sample(
                (zone, periods, change, minutes) =>
                {
                    var hours = new BusinessHours(zone, periods);
                    var at = NearChange(zone, change).AddMinutes(minutes);
                    var state = OpeningHours.StateAt(hours, at);

                    Assert.Equal(ShowsOpen(hours, at), state.Open);
                    if (state.OpensAt is not { } opensAt)
                        return;
                    Assert.True(OpeningHours.StateAt(hours, opensAt).Open);
                    Assert.True(ShowsOpen(hours, opensAt));
                    for (var before = at; before < opensAt; before = before.AddMinutes(5))
                        Assert.False(ShowsOpen(hours, before));
                    Assert.False(ShowsOpen(hours, opensAt.AddMilliseconds(-1)));
                },
                iter: 300
            );
    }

    [Fact]
    public void Without_periods_it_never_opens() =>
        Assert.Equal(new OpenState(false), OpeningHours.StateAt(new BusinessHours("UTC", []), Time("2026-11-30T12:00:00Z")));

    [Theory]
    [InlineData("Europe/Nowhere", 1, "09:00", "18:00", "2026-12-28")]
    [InlineData("UTC", 0, "09:00", "18:00", "2026-12-28")]
    [InlineData("UTC", 8, "09:00", "18:00", "2026-12-28")]
    [InlineData("UTC", 1, "9:00", "18:00", "2026-12-28")]
    [InlineData("UTC", 1, "18:00", "18:00", "2026-12-28")]
    [InlineData("UTC", 1, "18:00", "09:00", "2026-12-28")]
    [InlineData("UTC", 1, "24:00", "24:00", "2026-12-28")]
    [InlineData("UTC", 1, "09:00", "25:00", "2026-12-28")]
    [InlineData("UTC", 1, "09:00", "18:00", "2026-02-29")]
    [InlineData("UTC", 1, "09:00", "18:00", "28.12.2026")]
    public void What_is_no_time_is_refused(string zone, int day, string from, string to, string holiday)
    {
        Assert.Null(OpeningHours.FindFault(Berlin));
        Assert.NotNull(OpeningHours.FindFault(new BusinessHours(zone, [new(day, from, to)], [holiday])));
    }

    private static string Quarter(int quarter) => $"{quarter / 4:00}:{quarter % 4 * 15:00}";

    /// <summary>What a person says who looks at a clock on the wall.</summary>
    private static bool ShowsOpen(BusinessHours hours, DateTimeOffset at)
    {
        var wall = Instant.FromDateTimeOffset(at).InZone(DateTimeZoneProviders.Tzdb[hours.TimeZone]).LocalDateTime;
        var time = $"{wall.Hour:00}:{wall.Minute:00}";
        return hours.Weekly.Any(period =>
            period.Day == (int)wall.DayOfWeek && string.CompareOrdinal(period.From, time) <= 0 && string.CompareOrdinal(time, period.To) < 0
        );
    }

    /// <summary>One of the changes of the zone's clock since 2011; where there are none, the beginning.</summary>
    private static DateTimeOffset NearChange(string zone, int number)
    {
        var all = new Interval(Instant.FromUtc(2011, 1, 1, 0, 0), Instant.FromUtc(2028, 1, 1, 0, 0));
        var parts = DateTimeZoneProviders.Tzdb[zone].GetZoneIntervals(all).Where(part => part.HasStart && part.Start >= all.Start).ToList();
        return (parts.Count == 0 ? all.Start : parts[number % parts.Count].Start).ToDateTimeOffset();
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
