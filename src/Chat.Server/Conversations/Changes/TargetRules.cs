using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>What edits and deletions have in common: whose message may be touched by whom.</summary>
internal static class TargetRules
{
    /// <summary>Null: the author may touch this message or note.</summary>
    /// <param name="target">The event meant, as it stands now.</param>
    /// <param name="author">Who wants to.</param>
    /// <param name="anyone">Whether he may touch those of others on his side and of visitors.</param>
    public static ErrorCode? Refusal(ChatEvent? target, Actor author, bool anyone)
    {
        if (target is not { Type: EventType.Message or EventType.Note, Actor: { } owner })
            return ErrorCode.NotFound;
        // Visitors get the answer that a missing event gets: they must not learn which of their skips was a note.
        if (target.Type == EventType.Note && author.Kind == ActorKind.Visitor)
            return ErrorCode.NotFound;
        // A conversation has one visitor, whose id changes when he identifies himself.
        var own = owner.Kind == author.Kind && (author.Kind == ActorKind.Visitor || owner.Id == author.Id);
        if (!own && !anyone)
            return ErrorCode.Forbidden;
        return target.Data?.DeletedSeq is null ? null : ErrorCode.Conflict;
    }

    public static Audience AudienceOf(ChatEvent target) => Projection.AudienceOf(target.Type);
}
