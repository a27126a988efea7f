using Chat.Contracts;

namespace Chat.Server.Devices;

/// <summary>What became of an attempt.</summary>
internal enum PushOutcome
{
    /// <summary>Taken.</summary>
    Sent,

    /// <summary>The device is there no longer.</summary>
    Gone,

    /// <summary>To be tried again.</summary>
    Failed,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="Error">Of a failed one: why, in a word that is no personal data.</param>
/// <param name="RetryAfter">Of a failed one: the receiver's wish.</param>
internal sealed record PushAnswer(PushOutcome Outcome, string? Error = null, TimeSpan? RetryAfter = null);

/// <summary>Something that wakes devices, outside of this process.</summary>
internal interface IPushProvider
{
    /// <summary>One attempt. Failures are answers.</summary>
    /// <param name="id">The same for all attempts of the same push, so that the receiver sees a repeat.</param>
    /// <param name="notice">What to say, to whom.</param>
    /// <param name="cancellation">The end of this process.</param>
    Task<PushAnswer> SendAsync(string id, PushNotice notice, CancellationToken cancellation);
}
