using System.Diagnostics;

namespace Chat.LoadTests.Resilience;

/// <summary>What people noticed of a fault.</summary>
/// <param name="Messages">Due since it began.</param>
/// <param name="WorstAck">Longest from due to acknowledged, seconds.</param>
/// <param name="AckedInTime">Part of the messages that was acknowledged within two seconds.</param>
/// <param name="WorstDelivery">Longest from due to delivered, seconds.</param>
/// <param name="Recovery">From the fault's begin until the last message that took longer than half a second had arrived, seconds.</param>
/// <param name="Away">People who were cut off.</param>
/// <param name="BackAfter">99 % of them had caught up after so many seconds.</param>
internal sealed record Impact(
    int Messages,
    double WorstAck,
    double AckedInTime,
    double WorstDelivery,
    double Recovery,
    int Away,
    double BackAfter
)
{
    private const double InTime = 2;
    private const double Slow = 0.5;

    /// <param name="load">Quiet again.</param>
    /// <param name="since">When the fault began.</param>
    /// <param name="absencesBefore">Those of earlier faults are left out.</param>
    public static Impact Of(ResilientLoad load, long since, int absencesBefore)
    {
        var messages = load.Talks.SelectMany(talk => talk.Messages).Where(message => message.Due >= since).ToList();
        var delivered = messages.Where(message => message.DeliveredAt != 0).ToList();
        var absences = load.Absences.Skip(absencesBefore).Order().ToList();
        var slow = delivered.Where(message => Seconds(message.DeliveredAt - message.Due) > Slow).ToList();
        return new Impact(
            messages.Count,
            messages.Max(message => Seconds(message.AcknowledgedAt - message.Due)),
            messages.Count(message => Seconds(message.AcknowledgedAt - message.Due) <= InTime) / (double)messages.Count,
            delivered.Max(message => Seconds(message.DeliveredAt - message.Due)),
            slow.Count == 0 ? 0 : slow.Max(message => Seconds(message.DeliveredAt - since)),
            absences.Count,
            absences.Count == 0 ? 0 : absences[Math.Min(absences.Count - 1, absences.Count * 99 / 100)]
        );
    }

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}
