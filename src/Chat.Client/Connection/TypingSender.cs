using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>Tells that the caller types, at most every 3 s for each conversation. Lost ones are not repeated.</summary>
internal sealed class TypingSender(TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<ConversationId, long> _last = new();

    public async Task SendAsync(ILink? link, ConversationId id, string? preview)
    {
        var isEarly = _last.TryGetValue(id, out var last) && time.GetElapsedTime(last) < Between;
        if (link is null || isEarly)
            return;
        _last[id] = time.GetTimestamp();
        try
        {
            await link.CallAsync<object?>(nameof(IChatHub.Typing), new TypingNotice(id, preview), CancellationToken.None);
        }
        catch (ChatException)
        {
            // It would be over before it could be said again.
        }
    }
}
