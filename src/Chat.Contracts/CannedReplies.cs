using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>A text that operators insert by its shortcut. Personal ones belong to one operator, shared ones to an inbox.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Shortcut">1 to <see cref="Limits.ShortcutLength"/> letters, digits, '-' and '_'; unique for its owner.</param>
/// <param name="Title">One line, 1 to <see cref="Limits.NameLength"/>.</param>
/// <param name="Body">1 to <see cref="Limits.BodyLength"/>. Clients fill <c>{visitor.name}</c>, <c>{operator.name}</c> and <c>{inbox.name}</c>.</param>
/// <param name="Shared">Whether all members of the inbox have it.</param>
/// <param name="InboxId">Of a shared one its inbox; of a personal one the inbox in which it is offered, absent: in all.</param>
public sealed record CannedReply(CannedReplyId Id, string Shortcut, string Title, string Body, bool Shared, InboxId? InboxId = null);

/// <summary>A canned reply to add, or what one is to be from now on.</summary>
/// <param name="Shortcut">See <see cref="CannedReply"/>.</param>
/// <param name="Title">See <see cref="CannedReply"/>.</param>
/// <param name="Body">See <see cref="CannedReply"/>.</param>
/// <param name="Shared">True needs <paramref name="InboxId"/> and the role supervisor. Does not change later.</param>
/// <param name="InboxId">One that the caller is a member of.</param>
public sealed record CannedReplyDraft(
    [property: JsonRequired] string Shortcut,
    [property: JsonRequired] string Title,
    [property: JsonRequired] string Body,
    [property: JsonConverter(typeof(OptionalFlagConverter))] bool Shared = false,
    InboxId? InboxId = null
);

/// <summary>The caller's own replies and the shared ones of their inboxes.</summary>
/// <param name="Replies">By shortcut.</param>
public sealed record CannedReplyList(IReadOnlyList<CannedReply> Replies);
