using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Conformance.Drivers;

/// <summary>What a client shows of a conversation: the answer to <c>log</c> and <c>until</c>.</summary>
internal sealed record ShownLog(ConversationId Conversation, int Epoch, int Seq, int Unread, IReadOnlyList<ShownItem> Items)
{
    public static ShownLog Parse(JsonNode? answer) =>
        answer.Deserialize<ShownLog>(JsonSerializerOptions.Web)
        ?? throw new InvalidOperationException("The client does not hold the conversation.");
}

/// <summary>A line of it. Without a seq it is still in the outbox.</summary>
internal sealed record ShownItem(string Key, int? Seq, string Type, string? Body, bool Edited, bool Deleted, string State, string? Error);
