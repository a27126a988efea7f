using Chat.Contracts;

namespace Chat.Client;

/// <summary>What an app shows of a push.</summary>
public sealed record PushReceipt
{
    /// <summary>Where it happened: newer notifications of the same conversation replace this one.</summary>
    public required ConversationId ConversationId { get; init; }

    /// <summary>The newest message.</summary>
    public required int Seq { get; init; }

    /// <summary>False: it was read elsewhere or deleted meanwhile. Take its notification away.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Who wrote it; absent when no name is known.</summary>
    public string? Title { get; init; }

    /// <summary>Its text.</summary>
    public required string Body { get; init; }

    /// <summary>Unread messages of all conversations.</summary>
    public required int Badge { get; init; }

    /// <summary>What a tap on the notification opens; <see cref="PushMessage.ConversationOf"/> reads it.</summary>
    public required string Link { get; init; }

    /// <summary>False: the server could not be asked, and this is what the push itself says.</summary>
    public required bool IsFetched { get; init; }
}
