using System.Globalization;
using Chat.Contracts;
using Chat.Server.Inboxes;

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

    [Fact]
    public void Summer_time_moves_the_opening_and_an_hour_that_does_not_exist_opens_after_it()
    {
        var nightly = new BusinessHours("Europe/Berlin", [new(7, "02:30", "04:00")]);

        // Sunday, 28 March 2027: from 02:00 to 03:00 in the night.
        Assert.Equal(Time("2027-03-28T01:30:00Z"), OpeningHours.StateAt(nightly, Time("2027-03-28T00:00:00Z")).OpensAt);
        Assert.Equal(Time("2027-06-07T07:00:00Z"), OpeningHours.StateAt(Berlin, Time("2027-06-06T12:00:00Z")).OpensAt);
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

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
