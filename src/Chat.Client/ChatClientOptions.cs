using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>What both clients need.</summary>
public abstract class ClientOptions
{
    private protected ClientOptions() { }

    /// <summary>Origin of the service, such as <c>https://chat.example</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>Where outbox and history are kept. By default in memory: what is not sent is lost with the process.</summary>
    public IChatStorage? Storage { get; init; }

    /// <summary>BCP 47 tag that staff see, at most 16 characters.</summary>
    public string? Locale { get; init; }

    /// <summary>
    /// Makes the handlers of all HTTP and WebSocket traffic, for proxies and pinned certificates: one each time, which is disposed. By default the
    /// platform's. A WebSocket needs one that upgrades connections, as <see cref="SocketsHttpHandler"/> does; over another a visitor has REST.
    /// </summary>
    public Func<HttpMessageHandler>? HttpHandler { get; init; }

    /// <summary>Where to log. Bodies, tokens and names are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>What a visitor's client needs.</summary>
public sealed class ChatClientOptions : ClientOptions
{
    /// <summary>The inbox's public key.</summary>
    public required string Inbox { get; init; }

    /// <summary>
    /// Asked when a session starts, and when the server no longer takes the stored one: the host's token of its user (a JWT of at most 10 minutes),
    /// or null for an anonymous visitor. Where the session that ended was a user's, null stops the client (<c>unauthenticated</c>): it goes on
    /// with <see cref="ChatClient.StartAsync"/> after <see cref="ChatClient.IdentifyAsync"/>, or as somebody new after
    /// <see cref="ChatClient.LogoutAsync"/>.
    /// </summary>
    public Func<CancellationToken, Task<string?>>? Identity { get; init; }
}

/// <summary>What an operator's client needs.</summary>
public sealed class OperatorClientOptions : ClientOptions
{
    /// <summary>Asked whenever the session ends: how to sign in again. Absent: sign in by <see cref="OperatorClient.SignInAsync"/>.</summary>
    public Func<CancellationToken, Task<SignIn>>? Credentials { get; init; }

    /// <summary>
    /// How many conversations of each watched inbox <see cref="OperatorClient.Rows"/> holds, apart from those that are pushed. Default 200, which come at once; more
    /// are fetched page by page on each connection. <see cref="int.MaxValue"/>: all.
    /// </summary>
    public int RowsPerInbox { get; init; } = Limits.WatchRows;
}

/// <summary>How an operator signs in: e-mail and password, or a token of the service's OpenID Connect authority.</summary>
public sealed record SignIn
{
    /// <summary>The account.</summary>
    public string? Email { get; init; }

    /// <summary>With <see cref="Email"/>.</summary>
    public string? Password { get; init; }

    /// <summary>At the first sign-in: replaces the generated password.</summary>
    public string? NewPassword { get; init; }

    /// <summary>Instead of a password.</summary>
    public string? IdToken { get; init; }

    /// <summary>With <see cref="IdToken"/>: what was sent to the provider as <c>nonce</c>, when anything was.</summary>
    public string? Nonce { get; init; }

    /// <summary>Which kind it is. Records print all they have; this one must never.</summary>
    public override string ToString() => IdToken is null ? "password" : "token";
}
