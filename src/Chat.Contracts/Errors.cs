namespace Chat.Contracts;

/// <summary>A refusal: its code on the wire, and how a client should take it.</summary>
/// <param name="Code">The word on the wire.</param>
/// <param name="HttpStatus">Status of a REST answer with it.</param>
/// <param name="Retryable">Whether the same call may succeed later.</param>
/// <param name="Meaning">For documentation and problem details.</param>
public sealed record ErrorCode(string Code, int HttpStatus, bool Retryable, string Meaning)
{
    /// <summary>No token, or an expired, forged or revoked one.</summary>
    public static readonly ErrorCode Unauthenticated = new(
        "unauthenticated",
        401,
        false,
        "No valid token. Get a new one from the session endpoint."
    );

    /// <summary>The caller is known and may not do this.</summary>
    public static readonly ErrorCode Forbidden = new("forbidden", 403, false, "The caller may not do this.");

    /// <summary>There is none, or the caller may not know of it.</summary>
    public static readonly ErrorCode NotFound = new("not_found", 404, false, "There is no such thing, or none that the caller may see.");

    /// <summary>Malformed input.</summary>
    public static readonly ErrorCode Invalid = new("invalid", 400, false, "The request is malformed or out of range.");

    /// <summary>Over a size limit.</summary>
    public static readonly ErrorCode TooLarge = new("too_large", 413, false, "The request is larger than the limits allow.");

    /// <summary>Over a rate limit.</summary>
    public static readonly ErrorCode RateLimited = new("rate_limited", 429, true, "Too many calls. REST answers say when to try again.");

    /// <summary>Somebody else was first, or the clientId was used for something else.</summary>
    public static readonly ErrorCode Conflict = new(
        "conflict",
        409,
        false,
        "The state changed meanwhile, or the clientId was used for something else."
    );

    /// <summary>Others wrote after <c>expectedSeq</c>. On hubs this is a result with the missing events.</summary>
    public static readonly ErrorCode StaleView = new(
        "stale_view",
        409,
        false,
        "Others wrote after expectedSeq; the answer has what they wrote."
    );

    /// <summary>The conversation is closed for good.</summary>
    public static readonly ErrorCode Closed = new(
        "closed",
        409,
        false,
        "The conversation is closed. Keep the text and offer a new conversation."
    );

    /// <summary>A dependency or a queue cannot take it now.</summary>
    public static readonly ErrorCode Unavailable = new(
        "unavailable",
        503,
        true,
        "Not possible right now. Keep the change and send it again."
    );

    /// <summary>The node is going away.</summary>
    public static readonly ErrorCode Draining = new("draining", 503, true, "This node is going away. Connect again.");

    /// <summary>The client is too old.</summary>
    public static readonly ErrorCode UpgradeRequired = new("upgrade_required", 426, false, "The client's protocol is no longer served.");

    /// <summary>A bug of the server.</summary>
    public static readonly ErrorCode Internal = new("internal", 500, true, "The server failed. It has been logged.");

    /// <summary>The whole registry.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        Unauthenticated,
        Forbidden,
        NotFound,
        Invalid,
        TooLarge,
        RateLimited,
        Conflict,
        StaleView,
        Closed,
        Unavailable,
        Draining,
        UpgradeRequired,
        Internal,
    ];

    private static readonly Dictionary<string, ErrorCode> ByCode = All.ToDictionary(e => e.Code, StringComparer.Ordinal);

    /// <summary>The entry of a code, or null when the registry has none.</summary>
    public static ErrorCode? Find(string code) => ByCode.GetValueOrDefault(code);
}

/// <summary>Why a field of a request is refused: the word beside the field's name.</summary>
/// <param name="Code">The word on the wire.</param>
/// <param name="Refusal">The code of the refused call.</param>
/// <param name="Meaning">For documentation and problem details.</param>
public sealed record FieldFault(string Code, ErrorCode Refusal, string Meaning)
{
    /// <summary>Absent.</summary>
    public static readonly FieldFault Required = new("required", ErrorCode.Invalid, "It must be there.");

    /// <summary>Of another type or form.</summary>
    public static readonly FieldFault Malformed = new("malformed", ErrorCode.Invalid, "It has another type or form.");

    /// <summary>A text without text.</summary>
    public static readonly FieldFault Blank = new("blank", ErrorCode.Invalid, "The text shows nothing.");

    /// <summary>Characters that no text may have.</summary>
    public static readonly FieldFault Characters = new("characters", ErrorCode.Invalid, "The text has characters that it may not have.");

    /// <summary>The number of a card in a setting.</summary>
    public static readonly FieldFault Card = new("card", ErrorCode.Invalid, "The text looks like the number of a payment card.");

    /// <summary>Too small, too large, too many, too early, too late.</summary>
    public static readonly FieldFault OutOfRange = new("out_of_range", ErrorCode.Invalid, "The number, time or count is out of range.");

    /// <summary>Over a length of <see cref="Limits"/>.</summary>
    public static readonly FieldFault TooLong = new(
        "too_long",
        ErrorCode.TooLarge,
        "It is longer than the limits allow, or has more entries."
    );

    /// <summary>Named, and not known.</summary>
    public static readonly FieldFault Unknown = new("unknown", ErrorCode.Invalid, "There is no such thing, or none that fits here.");

    /// <summary>Excluded by another field, by the caller's kind or by the state.</summary>
    public static readonly FieldFault NotAllowed = new(
        "not_allowed",
        ErrorCode.Invalid,
        "It may not be there: another field, the caller's kind or the state excludes it."
    );

    /// <summary>Twice what may be there once.</summary>
    public static readonly FieldFault Repeated = new(
        "repeated",
        ErrorCode.Invalid,
        "It is there twice, or in two fields that exclude each other."
    );

    /// <summary>The whole registry.</summary>
    public static IReadOnlyList<FieldFault> All { get; } =
    [Required, Malformed, Blank, Characters, Card, OutOfRange, TooLong, Unknown, NotAllowed, Repeated];

    /// <summary>The entry of a word, or null when the registry has none.</summary>
    public static FieldFault? Find(string code) => All.FirstOrDefault(fault => fault.Code == code);
}

/// <summary>Why a connection ends: in <c>goAway</c> and in the error of SignalR's close message.</summary>
/// <param name="Code">The word on the wire.</param>
/// <param name="Reconnect">Whether a client may connect again by itself.</param>
/// <param name="Meaning">For documentation.</param>
public sealed record DisconnectReason(string Code, bool Reconnect, string Meaning)
{
    /// <summary>Rolling update or scale-down.</summary>
    public static readonly DisconnectReason Drain = new("drain", true, "The node is going away; another one takes the connection.");

    /// <summary>Load is moved to other nodes.</summary>
    public static readonly DisconnectReason Rebalance = new("rebalance", true, "Load is moved to other nodes.");

    /// <summary>The token's time is over.</summary>
    public static readonly DisconnectReason Expired = new("expired", true, "The token expired; refresh it first.");

    /// <summary>Frames above the limit.</summary>
    public static readonly DisconnectReason TooLarge = new("too_large", true, "A frame was larger than the limit.");

    /// <summary>Frames that are not the protocol, or no frames.</summary>
    public static readonly DisconnectReason Invalid = new(
        "invalid",
        true,
        "Frames were not of the protocol, far too many, or none came whole for too long."
    );

    /// <summary>The account was disabled or signed out.</summary>
    public static readonly DisconnectReason Revoked = new("revoked", false, "The account was disabled or signed out.");

    /// <summary>Blocked visitor.</summary>
    public static readonly DisconnectReason Blocked = new("blocked", false, "The visitor is blocked.");

    /// <summary>Too many connections of one user; the oldest goes.</summary>
    public static readonly DisconnectReason Replaced = new("replaced", false, "The same user has too many connections; the oldest ended.");

    /// <summary>Role, password or memberships changed.</summary>
    public static readonly DisconnectReason AccessChanged = new(
        "access_changed",
        true,
        "What the account may do changed; get a new token and connect again."
    );

    /// <summary>The whole registry.</summary>
    public static IReadOnlyList<DisconnectReason> All { get; } =
    [Drain, Rebalance, Expired, TooLarge, Invalid, Revoked, Blocked, Replaced, AccessChanged];
}
