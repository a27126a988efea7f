using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Devices;

/// <summary>Where pushes go. Section <c>Push</c>. Without an address nothing is sent.</summary>
public sealed class PushOptions
{
    public const string Section = "Push";

    /// <summary>Address of the service that wakes devices. It gets a POST for each push, signed as Standard Webhooks describe.</summary>
    public Uri? Url { get; set; }

    /// <summary>The key of the signature: <c>whsec_</c> and at least 24 bytes in base64. Required with <see cref="Url"/>.</summary>
    public string? Secret { get; set; }

    /// <summary>How long a push is tried, hours. What is read by then is no longer worth it. Default 24.</summary>
    [Range(1, 168)]
    public int GiveUpAfterHours { get; set; } = 24;

    /// <summary>How long an answer may take, seconds. Default 15.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 15;

    /// <summary>Pause before the second attempt, milliseconds; it grows threefold with each one, to an hour. Default 5,000.</summary>
    [Range(10, 3_600_000)]
    public int FirstPauseMs { get; set; } = 5_000;

    /// <summary>The bytes of <see cref="Secret"/>; null when it is none.</summary>
    internal byte[]? ReadKey()
    {
        const string prefix = "whsec_";
        const int least = 24;
        var key = new byte[Secret?.Length ?? 0];
        return
            Secret?.StartsWith(prefix, StringComparison.Ordinal) == true
            && Convert.TryFromBase64String(Secret[prefix.Length..], key, out var length)
            && length >= least
            ? key[..length]
            : null;
    }
}
