using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Conformance.Drivers;

/// <summary>What a client shows of a conversation: the answer to <c>log</c> and <c>until</c>.</summary>
internal sealed record ShownLog(ConversationId Conversation, int Epoch, int Seq, int Unread, IReadOnlyList<ShownItem> Items)
{
    public bool HasMore { get; init; }

    public string? Status { get; init; }

    /// <summary>The other side types.</summary>
    public bool Typing { get; init; }

    /// <summary>Of the assignee.</summary>
    public bool? Online { get; init; }

    /// <summary>In the queue.</summary>
    public int? Position { get; init; }

    public ShownItem? At(int seq) => Items.FirstOrDefault(item => item.Seq == seq);

    public ShownItem? Find(string body) => Items.LastOrDefault(item => item.Body == body);

    public static ShownLog Parse(JsonNode? answer) =>
        answer.Deserialize<ShownLog>(JsonSerializerOptions.Web) ?? throw new ScenarioFault("the client does not hold the conversation");
}

/// <summary>A line of it. Without a seq it is still in the outbox.</summary>
internal sealed record ShownItem(string Key, int? Seq, string Type, string? Body, bool Edited, bool Deleted, string State, string? Error);

/// <summary>The answer to <c>list</c>.</summary>
internal sealed record ShownList(IReadOnlyList<ShownConversation> Conversations, int Unread);

internal sealed record ShownConversation(ConversationId Conversation, string Status, int Unread, int Seq);

/// <summary>The answer to <c>state</c>.</summary>
internal sealed record ShownState(string Status, string? Reason, string? Transport);

/// <summary>The answer to <c>rows</c>.</summary>
internal sealed record ShownRows(IReadOnlyList<ShownRow> Rows);

internal sealed record ShownRow(ConversationId Conversation, string Status, int Seq, string? LastText);

/// <summary>The answer to <c>held</c>.</summary>
internal sealed record ShownHeld(IReadOnlyList<HeldItem> Held);

internal sealed record HeldItem(string Key, IReadOnlyList<int> Missing);
