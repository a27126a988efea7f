namespace Chat.Sample.Mobile;

/// <summary>Which chat an app has.</summary>
public sealed record MobileChatOptions
{
    /// <summary>Origin of the service.</summary>
    public required Uri Url { get; init; }

    /// <summary>The inbox's public key. The inbox must allow native apps.</summary>
    public required string Inbox { get; init; }

    /// <summary>The app's own server vouches for its user; absent: visitors are anonymous.</summary>
    public Func<CancellationToken, Task<string?>>? Identity { get; init; }

    /// <summary>As of <c>ChatClientOptions</c>.</summary>
    public Func<HttpMessageHandler>? HttpHandler { get; init; }
}
