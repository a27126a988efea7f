using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>Brings what is missing: after a hole that 200 ms have not filled, after a resync of the server, and pages that were too long for one answer.</summary>
internal sealed partial class Syncer(ChatModel model, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan HolePatience = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));

    // Guarded by the gate. False: only while a hole is there, since what is missing may come by itself. Without a link they wait for one.
    private readonly Dictionary<ConversationId, bool> _wanted = [];
    private bool _isRunning;

    public required Func<ILink?> Link { get; init; }

    /// <summary>A page of it is here.</summary>
    public Action<ConversationId>? Applied { get; set; }

    /// <summary>It was asked for and is none that the caller may see.</summary>
    public Action<ConversationId>? LeftOut { get; set; }

    /// <summary>Something is missing here.</summary>
    public void Want(ConversationId id) => Want([id], isForced: false);

    /// <summary>These are asked for at once, and what was wanted without a link.</summary>
    public void WantNow(IReadOnlyCollection<ConversationId> ids) => Want(ids, isForced: true);

    private void Want(IReadOnlyCollection<ConversationId> ids, bool isForced)
    {
        lock (_gate)
        {
            foreach (var id in ids)
                _wanted[id] = isForced || _wanted.GetValueOrDefault(id);
            if (_isRunning || _wanted.Count == 0 || Link() is null)
                return;
            _isRunning = true;
        }
        _ = Task.Run(() => RunAsync(isForced ? TimeSpan.Zero : HolePatience));
    }

    private async Task RunAsync(TimeSpan patience)
    {
        await Task.Delay(patience, time);
        while (TakeOrEnd() is var (link, ids))
        {
            try
            {
                var unmoved = await SyncAsync(link, ids);
                if (unmoved.Count == 0)
                    _backoff.Reset();
                else
                    _ = WantLaterAsync(unmoved, _backoff.Next());
            }
            catch (Exception e)
            {
                LogFailed(e);
                WantNow(ids);
                await Task.Delay(_backoff.Next(), time);
            }
        }
    }

    private (ILink Link, List<ConversationId> Ids)? TakeOrEnd()
    {
        lock (_gate)
        {
            if (Link() is { } link)
            {
                var ids = _wanted.Where(want => want.Value || HasHole(want.Key)).Select(want => want.Key).ToList();
                _wanted.Clear();
                if (ids.Count > 0)
                    return (link, ids);
            }
            _isRunning = false;
            return null;
        }
    }

    private bool HasHole(ConversationId id) => model.Look(id, held => held is { Log.HasHole: true });

    /// <summary>Those in which something is missing as before: who answered had not heard of it.</summary>
    private async Task<IReadOnlyList<ConversationId>> SyncAsync(ILink link, IReadOnlyList<ConversationId> ids)
    {
        var life = model.Life;
        var cursors = ids.Select(CursorOf).OfType<Cursor>().ToList();
        foreach (var chunk in cursors.Chunk(Limits.Cursors))
        {
            var answer = await link.CallAsync<SyncResult>(nameof(IChatHub.Sync), new Sync(chunk), CancellationToken.None);
            Apply(chunk, answer.Conversations, life);
        }
        return
        [
            .. cursors
                .Where(asked => HasHole(asked.ConversationId) && CursorOf(asked.ConversationId) == asked)
                .Select(asked => asked.ConversationId),
        ];
    }

    private Cursor? CursorOf(ConversationId id) => model.Look(id, held => held?.Cursor);

    // The others do not wait for these.
    private async Task WantLaterAsync(IReadOnlyCollection<ConversationId> ids, TimeSpan pause)
    {
        await Task.Delay(pause, time);
        Want(ids, isForced: false);
    }

    /// <summary>Takes an answer that has a page of everything that the caller may see, unless it was asked for in an earlier life.</summary>
    public void Apply(IEnumerable<Cursor> asked, IReadOnlyList<ConversationPage> pages, int life)
    {
        if (model.Life != life)
            return;
        Apply(pages, life);
        foreach (var id in asked.Select(cursor => cursor.ConversationId).Except(pages.Select(page => page.Conversation.Id)))
            LeftOut?.Invoke(id);
    }

    public void Apply(IReadOnlyList<ConversationPage> pages, int? life = null)
    {
        foreach (var page in pages)
        {
            if (!model.Apply(page, life))
                return;
            Applied?.Invoke(page.Conversation.Id);
        }
        WantNow([.. pages.Where(IsUnfinished).Select(page => page.Conversation.Id)]);
    }

    /// <summary>Whether there is more after this page, which may be empty where an answer has many. Before the first page of a log there may be more too, which is fetched when it is wanted.</summary>
    private bool IsUnfinished(ConversationPage page) =>
        page is { HasMore: true, Reset: false }
        && model.Look(page.Conversation.Id, held => held is not null && held.Log.Epoch == page.Epoch && held.Log.Seq < page.Seq);

    [LoggerMessage(LogLevel.Debug, "Sync failed; tries again")]
    private partial void LogFailed(Exception exception);
}
