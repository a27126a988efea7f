using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>Where the methods of the visitor hub are over REST.</summary>
internal static class RestRoutes
{
    public static (HttpMethod Method, string Path) Of(object request, Guid deviceId) =>
        request switch
        {
            RegisterDevice => (HttpMethod.Put, $"me/devices/{deviceId}"),
            OpenConversation => (HttpMethod.Post, "conversations"),
            SendMessage r => Post(r.ConversationId, "events"),
            EditMessage r => Post(r.ConversationId, "edits"),
            DeleteMessage r => Post(r.ConversationId, "deletions"),
            RateConversation r => Post(r.ConversationId, "rating"),
            ConversationCommand r => Post(r.ConversationId, "close"),
            TypingNotice r => Post(r.ConversationId, "typing"),
            Sync => (HttpMethod.Post, "sync"),
            HistoryQuery r => (HttpMethod.Get, History(r)),
            _ => throw new ArgumentException($"{request.GetType().Name} has no route.", nameof(request)),
        };

    /// <summary>Read and Delivered take the same record.</summary>
    public static (HttpMethod Method, string Path) OfMark(string method, MarkSeq request) =>
        Post(request.ConversationId, method == nameof(IChatHub.Read) ? "read" : "delivered");

    /// <summary>Answers as soon as there is an event after the cursor, or its log is of another epoch.</summary>
    public static string Poll(Cursor cursor, int waitMs) =>
        $"conversations/{cursor.ConversationId}/events?after={cursor.Seq}&epoch={cursor.Epoch}&waitMs={waitMs}";

    /// <summary>A page of conversations.</summary>
    public static string List(ConversationQuery query, string? cursor)
    {
        var filters = query
            .Inboxes.Select(inbox => $"inbox={inbox}")
            .Concat(query.Statuses.Select(status => $"status={Word(status)}"))
            .ToList();
        if (query.Assignee is { } assignee)
            filters.Add($"assignee={assignee}");
        if (query.Visitor is { } visitor)
            filters.Add($"visitor={visitor}");
        if (query.Limit is { } limit)
            filters.Add($"limit={limit}");
        if (cursor is not null)
            filters.Add($"cursor={Uri.EscapeDataString(cursor)}");
        return $"conversations?{string.Join('&', filters)}";
    }

    private static string Word(ConversationStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

    private static (HttpMethod Method, string Path) Post(ConversationId id, string what) => (HttpMethod.Post, $"conversations/{id}/{what}");

    private static string History(HistoryQuery query)
    {
        var bounds = new List<string>();
        if (query.Before is { } before)
            bounds.Add($"before={before}");
        if (query.After is { } after)
            bounds.Add($"after={after}");
        if (query.Limit is { } limit)
            bounds.Add($"limit={limit}");
        return $"conversations/{query.ConversationId}/events?{string.Join('&', bounds)}";
    }
}
