using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>The visitor's rating; the newest counts.</summary>
internal sealed record RateChange : ConversationChange
{
    private const int Lowest = 1;
    private const int Highest = 5;

    public required int Score { get; init; }

    public string? Comment { get; init; }

    public static RateChange Of(ConversationId conversation, Guid clientId, Actor author, int score, string? comment) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Rated, comment ?? "", score),
            Score = score,
            Comment = comment,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        if (Score is < Lowest or > Highest)
            return Decision.Refuse("score", FieldFault.OutOfRange);
        var draft = new Draft(conversation);
        draft.SetRating(Score);
        draft.Add(EventType.Rated, Author, new EventData { Score = Score, Comment = Comment }, isAnswer: true);
        return draft.Done();
    }
}
