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

    public string? Identity { get; init; }

    public string? Role { get; init; }

    public string? Email { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public IReadOnlyList<InboxId> Inboxes { get; init; } = [];

    public ConversationId Conversation { get; init; }

    public string? Body { get; init; }

    public string? Key { get; init; }

    public bool On { get; init; }

    public int? Seq { get; init; }

    public int? Epoch { get; init; }

    public int? ExpectedSeq { get; init; }
}
