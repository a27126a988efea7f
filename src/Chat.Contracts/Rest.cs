namespace Chat.Contracts;

/// <summary>A refusal of REST: problem details (RFC 9457) with the code that hubs would throw.</summary>
/// <param name="Code">A code of <see cref="ErrorCode"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The code's meaning.</param>
/// <param name="Detail">What is wrong here, where more can be said. For people.</param>
/// <param name="Type">Address of a text about the HTTP status.</param>
/// <param name="RetryAfterMs">On rate_limited: when to try again, milliseconds.</param>
/// <param name="Missing">On stale_view: what the caller had not seen, ascending.</param>
/// <param name="Errors">On invalid and too_large: which fields are refused, and why. On unauthenticated: which claim of a well signed identity token.</param>
public sealed record Problem(
    string Code,
    int Status,
    string Title,
    string? Detail = null,
    string? Type = null,
    long? RetryAfterMs = null,
    IReadOnlyList<ChatEvent>? Missing = null,
    IReadOnlyList<FieldError>? Errors = null
);

/// <summary>A field that is refused.</summary>
/// <param name="Field">
/// Its path in the body, such as <c>form.fields[0].name</c>, or the name of a parameter of the address or of a header; <c>body</c> is the field of that name or,
/// where there is none, the whole body.
/// </param>
/// <param name="Reason">One of the reasons in PROTOCOL.md; later versions may say others.</param>
public sealed record FieldError(string Field, string Reason);

/// <summary>A page of conversations. What is written meanwhile moves none past the reader.</summary>
/// <param name="Rows">The lines with their inboxes. Visitors get them without what is staff only.</param>
/// <param name="Next">For the next page, as <c>cursor</c>; absent: there is none. Opaque.</param>
public sealed record ConversationList(IReadOnlyList<InboxChange> Rows, string? Next = null);

/// <summary>An inbox as its operators see it.</summary>
/// <param name="Id">The inbox.</param>
/// <param name="Name">Display name.</param>
/// <param name="AllowPreview">Whether operators see what a visitor types before it is sent.</param>
/// <param name="Color">Of its widget, <c>#rrggbb</c>.</param>
public sealed record InboxFace(InboxId Id, string Name, bool AllowPreview, string? Color = null);

/// <summary>The inboxes of an operator, by name.</summary>
/// <param name="Inboxes">Those they are a member of.</param>
public sealed record InboxList(IReadOnlyList<InboxFace> Inboxes);

/// <summary>Whom the conversations of an inbox may be given to, by name.</summary>
/// <param name="Operators">Its members.</param>
/// <param name="Teams">Its teams.</param>
public sealed record Assignees(IReadOnlyList<OperatorFace> Operators, IReadOnlyList<TeamFace> Teams);
