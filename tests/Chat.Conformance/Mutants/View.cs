using Chat.Conformance.Mutants.Client;
using Chat.Contracts;

namespace Chat.Conformance.Mutants;

/// <summary>What the reference client shows, in the words of the driver protocol.</summary>
internal static class View
{
    public static object Log(ReferenceClient client, Held held) =>
        new
        {
            Conversation = held.Id,
            held.Log.Epoch,
            held.Log.Seq,
            Unread = client.Model.Unread(held),
            HasMore = held.Log.HasOlder,
            Status = Word(held.Conversation?.Status ?? ConversationStatus.Queued),
            Typing = held.IsTyping,
            Online = held.IsOnline,
            held.Position,
            Items = held
                .Log.Events.Where(IsShown)
                .Select(e => Line(client, held, e))
                .Concat(Items(client, held.Id).Where(item => item.Method == "Send").Select(Line)),
        };

    public static object List(ReferenceClient client) =>
        new
        {
            Conversations = client
                .Model.All.Where(held => held.Conversation is not null)
                .Select(held => new
                {
                    Conversation = held.Id,
                    Status = Word(held.Conversation?.Status ?? ConversationStatus.Queued),
                    Unread = client.Model.Unread(held),
                    held.Log.Seq,
                }),
            Unread = client.Model.All.Take(Mutant.Has(Defect.UnreadOfOneOnly) ? 1 : int.MaxValue).Sum(client.Model.Unread),
        };

    public static object State(ReferenceClient client) =>
        new
        {
            client.Connection.Status,
            client.Connection.Reason,
            client.Connection.Link?.Transport,
            RetryInMs = client.Connection.RetryAt is { } at ? (int?)Math.Max(0, (at - Clock.Now).TotalMilliseconds) : null,
        };

    public static object Rows(ReferenceClient client) =>
        new
        {
            Rows = client.Desk.Rows.Shown.Select(row => new
            {
                Conversation = row.ConversationId,
                Status = Word(row.Status),
                row.Seq,
                Visitor = row.Visitor.Id,
                Assignee = row.Assignee?.Name,
                LastText = row.LastMessage?.Text,
            }),
            client.Desk.Rows.HasMore,
        };

    public static object HeldBack(ReferenceClient client, ConversationId id) =>
        new
        {
            Held = Items(client, id)
                .Where(item => item.State == OutboxItem.Stale)
                .Select(item => new { Key = item.ClientId, Missing = item.Missing.Select(e => e.Seq) }),
        };

    /// <summary>Online, nothing on its way, and at least the log of this epoch up to this seq.</summary>
    public static bool IsSettled(ReferenceClient client, Held? held, int seq, int epoch) =>
        client.Connection.Status == "online"
        && held?.Conversation is not null
        && held.Log.Epoch >= epoch
        && held.Log.Seq >= seq
        && Items(client, held.Id).All(item => item.State != OutboxItem.Sending);

    private static IEnumerable<OutboxItem> Items(ReferenceClient client, ConversationId id) =>
        client.Model.Items.Where(item => item.Conversation == client.Model.Resolve(id));

    private static bool IsShown(ChatEvent e) =>
        e.Type switch
        {
            EventType.Edited or EventType.Deleted => false,
            EventType.Skip => Mutant.Has(Defect.SkipsShown),
            ClientJson.UnknownEvent => Mutant.Has(Defect.UnknownEventShown),
            _ => true,
        };

    private static object Line(ReferenceClient client, Held held, ChatEvent e) =>
        new
        {
            Key = e.ClientId?.ToString() ?? $"seq:{e.Seq}",
            Seq = (int?)e.Seq,
            Type = Word(e.Type),
            e.Data?.Body,
            Edited = e.Data?.EditedSeq is not null,
            Deleted = e.Data?.DeletedSeq is not null,
            State = client.Model.IsMine(e.Actor) ? Receipt(held, e.Seq) : "sent",
            Error = Items(client, held.Id).FirstOrDefault(item => item.Target == e.Seq)?.Error,
        };

    private static object Line(OutboxItem item) =>
        new
        {
            Key = item.ClientId.ToString(),
            Seq = (int?)null,
            Type = "message",
            item.Body,
            Edited = false,
            Deleted = false,
            item.State,
            item.Error,
        };

    private static string Receipt(Held held, int seq)
    {
        if (Mutant.Has(Defect.ReceiptsIgnored))
            return "sent";
        if (seq <= held.Others.Read || Mutant.Has(Defect.ReceiptsAlwaysRead))
            return "read";
        return seq <= held.Others.Delivered ? "delivered" : "sent";
    }

    private static string Word<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? value.ToString().ToLowerInvariant() : "unknown";
}
