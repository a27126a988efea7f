using System.Globalization;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>What a push says, as far as an app needs it.</summary>
public sealed record PushMessage
{
    /// <summary>How links to conversations begin unless an app says otherwise.</summary>
    public const string ConversationLinks = "chat://conversation/";

    private const int Deepest = 3;

    // Services that wake devices put what they are given into an envelope of their own.
    private static readonly string[] Envelopes = ["data", "chat", "push"];

    /// <summary>Where it happened.</summary>
    public required ConversationId ConversationId { get; init; }

    /// <summary>The newest message.</summary>
    public required int Seq { get; init; }

    /// <summary>How many messages of the conversation the visitor has not read.</summary>
    public int Unread { get; init; } = 1;

    /// <summary>Display name of its author; absent when none is known.</summary>
    public string? From { get; init; }

    /// <summary>The beginning of its text.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whose device was to be woken.</summary>
    public VisitorId? VisitorId { get; init; }

    /// <summary>
    /// Reads what the service that wakes devices has handed to the app: what the server posted, alone or within <c>data</c>, <c>chat</c> or <c>push</c>, its numbers
    /// perhaps as texts.
    /// </summary>
    /// <param name="payload">JSON.</param>
    /// <returns>Null: it is no push of a chat.</returns>
    public static PushMessage? Parse(string? payload) => Parse(payload, Deepest);

    /// <summary>Reads data of texts, as FCM and APNs hand it to an app.</summary>
    /// <param name="data">Its fields. One of them may be the whole push as JSON.</param>
    /// <returns>Null: it is no push of a chat.</returns>
    public static PushMessage? Parse(IEnumerable<KeyValuePair<string, string>> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in data)
            texts[name] = value;
        return Of(texts.GetValueOrDefault)
            ?? Envelopes.Select(name => Parse(texts.GetValueOrDefault(name), Deepest)).FirstOrDefault(push => push is not null);
    }

    /// <summary>A link that <see cref="ConversationOf"/> reads.</summary>
    /// <param name="conversation">Which conversation it opens.</param>
    /// <param name="links">How the app's links to conversations begin.</param>
    public static string LinkTo(ConversationId conversation, string links = ConversationLinks) => $"{links}{conversation}";

    /// <summary>The conversation that a link names; null: it is another link.</summary>
    /// <param name="link">As the system hands it to the app.</param>
    /// <param name="links">How the app's links to conversations begin.</param>
    public static ConversationId? ConversationOf(string? link, string links = ConversationLinks)
    {
        ArgumentNullException.ThrowIfNull(links);
        if (link?.StartsWith(links, StringComparison.Ordinal) != true)
            return null;
        var rest = link.AsSpan(links.Length);
        var end = rest.IndexOfAny("/?#");
        return Guid.TryParse(end < 0 ? rest : rest[..end], out var id) ? new ConversationId(id) : null;
    }

    private static PushMessage? Parse(string? payload, int depth)
    {
        if (string.IsNullOrEmpty(payload))
            return null;
        try
        {
            using var document = JsonDocument.Parse(payload);
            return Parse(document.RootElement, depth);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static PushMessage? Parse(JsonElement payload, int depth)
    {
        if (payload.ValueKind == JsonValueKind.String)
            return depth > 0 ? Parse(TextOf(payload), depth - 1) : null;
        if (payload.ValueKind != JsonValueKind.Object)
            return null;
        if (Of(name => payload.TryGetProperty(name, out var field) ? TextOf(field) : null) is { } push)
            return push;
        if (depth == 0)
            return null;
        foreach (var name in Envelopes)
        {
            if (payload.TryGetProperty(name, out var inner) && Parse(inner, depth - 1) is { } found)
                return found;
        }
        return null;
    }

    private static PushMessage? Of(Func<string, string?> field)
    {
        if (!Guid.TryParse(field("conversationId"), out var id) || CountOf(field("seq")) is not (> 0 and var seq))
            return null;
        return new PushMessage
        {
            ConversationId = new ConversationId(id),
            Seq = seq,
            Unread = CountOf(field("unread")) ?? 1,
            From = field("from") is { Length: > 0 } from ? from : null,
            Text = field("text") ?? "",
            VisitorId = Guid.TryParse(field("visitorId"), out var visitor) ? new VisitorId(visitor) : null,
        };
    }

    // Halves of surrogate pairs, which JSON can escape, are no text.
    private static string? TextOf(JsonElement field)
    {
        try
        {
            return field.ValueKind switch
            {
                JsonValueKind.String => field.GetString(),
                JsonValueKind.Number => field.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static int? CountOf(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
