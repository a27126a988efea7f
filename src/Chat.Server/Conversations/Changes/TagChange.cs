using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>Adds and removes tags. What is there already, or is not there, is left out of the event.</summary>
internal sealed record TagChange : ConversationChange
{
    public required IReadOnlyList<string> Add { get; init; }

    public required IReadOnlyList<string> Remove { get; init; }

    public static TagChange Of(
        ConversationId conversation,
        Guid clientId,
        Actor author,
        IReadOnlyList<string> add,
        IReadOnlyList<string> remove
    ) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            // Tags have no line breaks, so no two changes have one content.
            Fingerprint = Messages.Fingerprint.Of(
                conversation,
                clientId,
                author,
                EventType.Tagged,
                string.Join('\n', [.. add.Select(tag => "+" + tag), .. remove.Select(tag => "-" + tag)])
            ),
            Add = add,
            Remove = remove,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        var present = conversation.State.Tags;
        if (Add.Intersect(Remove).Any())
            return Decision.Refuse("remove", FieldFault.Repeated);
        var added = Add.Distinct().Except(present).ToList();
        var removed = present.Intersect(Remove).ToList();
        if (added.Count == 0 && removed.Count == 0)
            return Decision.Nothing;
        var tags = present.Except(removed).Concat(added).ToList();
        if (tags.Count > Limits.Tags)
            return Decision.Refuse("add", FieldFault.OutOfRange);

        var draft = new Draft(conversation);
        draft.SetTags(tags);
        var data = new EventData { Added = added.Count > 0 ? added : null, Removed = removed.Count > 0 ? removed : null };
        draft.Add(EventType.Tagged, Author, data, isAnswer: true);
        return draft.Done();
    }
}
