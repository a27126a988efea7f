using Chat.Contracts;

namespace Chat.Client;

/// <summary>A refused or failed call.</summary>
public sealed class ChatException : Exception
{
    /// <summary>Code of what got no answer: whether it happened is not known.</summary>
    public const string Network = "network";

    /// <summary>Error of what waited for a conversation that was not opened: its visitor has too many that are not closed.</summary>
    public const string TooManyOpen = "too_many_open";

    /// <summary>Why an operator is not signed in: the account needs a new password first, see <see cref="SignIn.NewPassword"/>.</summary>
    public const string MustChangePassword = "must_change_password";

    /// <summary>Creates the exception.</summary>
    public ChatException()
        : this(Network) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="code">A code of the protocol, or <see cref="Network"/>.</param>
    public ChatException(string code)
        : this(code, detail: null) { }

    /// <summary>Creates the exception.</summary>
    /// <param name="code">A code of the protocol, or <see cref="Network"/>.</param>
    /// <param name="innerException">What failed.</param>
    public ChatException(string code, Exception innerException)
        : this(code, detail: null, retryAfter: null, innerException) { }

    internal ChatException(string code, string? detail, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(detail is null ? code : $"{code}: {detail}", inner) => (Code, Detail, RetryAfter) = (code, detail, retryAfter);

    /// <summary>A code of the protocol, or <see cref="Network"/>.</summary>
    public string Code { get; }

    /// <summary>What is wrong, for people; absent when there is nothing more to say.</summary>
    public string? Detail { get; }

    /// <summary>When to try again, if the server has said so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool Retryable => Code == Network || ErrorCode.Find(Code) is { Retryable: true };
}
