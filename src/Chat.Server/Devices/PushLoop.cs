using System.Diagnostics.Metrics;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Microsoft.Extensions.Options;

namespace Chat.Server.Devices;

/// <summary>Makes the attempts that are due, on every node. What is read by then is not worth a push.</summary>
internal sealed partial class PushLoop(
    PushStore pushes,
    DeviceStore devices,
    IPushProvider provider,
    IOptions<PushOptions> options,
    TimeProvider time,
    ILogger<PushLoop> logger
) : BackgroundLoop(time, logger)
{
    private const int AtOnce = 50;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly Counter<long> Attempts = ChatMeter.Meter.CreateCounter<long>(
        "chat.push.attempts",
        "{push}",
        "Attempts to wake a device by outcome: sent, gone, failed, dead."
    );

    protected override Task RunAsync(CancellationToken stoppingToken) =>
        options.Value.Url is null ? Task.CompletedTask : EveryAsync(Period, SendDueAsync, stoppingToken);

    /// <summary>One round.</summary>
    internal async Task SendDueAsync(CancellationToken cancellation)
    {
        // Longer than an attempt can take, in which nobody else may make it.
        var lease = TimeSpan.FromSeconds(2 * options.Value.TimeoutSeconds);
        IReadOnlyList<DuePush> due;
        do
        {
            due = await pushes.TakeDueAsync(AtOnce, lease, cancellation);
            await Task.WhenAll(due.Select(push => SendAsync(push, cancellation)));
        } while (due.Count == AtOnce);
    }

    private async Task SendAsync(DuePush push, CancellationToken cancellation)
    {
        var text = await pushes.ReadAsync(push, cancellation);
        if (text is null)
        {
            await pushes.DoneAsync(push, cancellation);
            return;
        }
        var answer = await provider.SendAsync(push.IdOf(text), Notice(push, text), cancellation);
        Count(
            answer.Outcome switch
            {
                PushOutcome.Sent => "sent",
                PushOutcome.Gone => "gone",
                _ => "failed",
            }
        );
        if (answer.Outcome == PushOutcome.Sent)
            await pushes.DoneAsync(push, cancellation);
        else if (answer.Outcome == PushOutcome.Gone)
            await devices.RemoveAsync(push, text, cancellation);
        else
            await PostponeAsync(push, push.IdOf(text), answer, cancellation);
    }

    private async Task PostponeAsync(DuePush push, string id, PushAnswer answer, CancellationToken cancellation)
    {
        var now = Time.GetUtcNow();
        var pause = TimeSpan.FromMilliseconds(
            Math.Min(LongestPause.TotalMilliseconds, options.Value.FirstPauseMs * Math.Pow(3, Math.Min(push.Attempts, 20)))
        );
        // Up to a fifth more, so that what failed together does not come back together.
        pause *= 1 + (Random.Shared.NextDouble() / 5);
        if (answer.RetryAfter is { } wish && wish > pause)
            pause = wish < LongestPause ? wish : LongestPause;
        if (now + pause - push.FirstAt < TimeSpan.FromHours(options.Value.GiveUpAfterHours))
        {
            await pushes.RetryAsync(push, now + pause, answer.Error, cancellation);
            return;
        }
        Count("dead");
        LogDead(Logger, id, push.Attempts + 1, answer.Error);
        await pushes.BuryAsync(push, answer.Error, cancellation);
    }

    private PushNotice Notice(DuePush push, PushText text) =>
        new(
            "push",
            Time.GetUtcNow(),
            new PushDevice(push.DeviceId, text.Platform, text.Token),
            new VisitorId(push.VisitorId),
            new ConversationId(push.ConversationId),
            text.Seq,
            text.Unread,
            text.ActorName,
            LogRows.Shorten(text.Body)!
        );

    private static void Count(string outcome) => Attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(LogLevel.Error, "{Push} was given up after {Attempts} attempts: {Error}")]
    private static partial void LogDead(ILogger logger, string push, int attempts, string? error);
}
