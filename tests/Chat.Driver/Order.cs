using Chat.Contracts;

namespace Chat.Driver;

/// <summary>An order of the driver protocol. Which fields are there depends on <see cref="Do"/>.</summary>
internal sealed record Order
{
    public required int Id { get; init; }

    public required string Do { get; init; }

    public Uri? Url { get; init; }

    public string? Inbox { get; init; }

    public string? Folder { get; init; }

    public ConversationId Conversation { get; init; }

    public string? Body { get; init; }

    public int? Seq { get; init; }

    public int? Epoch { get; init; }
}
