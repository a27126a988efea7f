using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>Asks for what is missing: after a hole that nothing has filled for 200 ms, after a resync, and what was too long for one answer.</summary>
internal sealed class Syncer(Model model, Func<ILink?> link)
{
    private static readonly TimeSpan HolePatience = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<ConversationId> _wanted = [];
    private readonly HashSet<ConversationId> _patient = [];
    private bool _isRunning;

    public required Action<ConversationPage> Apply { get; init; }

    /// <summary>Something is missing; it may be on its way.</summary>
    public void WantSoon(Held held)
    {
        if (_patient.Add(held.Id))
            _ = WaitAsync(held);
    }

    public void WantNow(IEnumerable<ConversationId> ids)
    {
        _wanted.UnionWith(ids);
        if (!_isRunning && _wanted.Count > 0 && link() is not null)
            _ = RunAsync();
    }

    /// <summary>The next connection begins with all cursors.</summary>
    public void Forget() => _wanted.Clear();

    private async Task WaitAsync(Held held)
    {
        await Task.Delay(HolePatience);
        _patient.Remove(held.Id);
        if (held.Log.HasHole)
            WantNow([held.Id]);
    }

    private async Task RunAsync()
    {
        _isRunning = true;
        var backoff = new Backoff(TimeSpan.FromSeconds(10));
        while (_wanted.Count > 0 && link() is { } current)
        {
            var ids = _wanted.Take(Limits.Cursors).ToList();
            _wanted.ExceptWith(ids);
            try
            {
                await SyncAsync(current, ids);
                backoff.Reset();
            }
            catch (Refusal e)
            {
                if (e.IsRetryable)
                    _wanted.UnionWith(ids);
                await Task.Delay(e.RetryAfter ?? backoff.Next());
            }
            catch (NoAnswer)
            {
                // The next connection.
            }
        }
        _isRunning = false;
    }

    private async Task SyncAsync(ILink current, List<ConversationId> ids)
    {
        var cursors = ids.Select(model.Find).OfType<Held>().Select(held => held.Cursor).ToList();
        if (cursors.Count == 0)
            return;
        var answer = await current.CallAsync<SyncResult>("Sync", new Sync(cursors));
        foreach (var page in answer.Conversations)
            Apply(page);
        // Those that are left out are not the caller's to see.
        foreach (var cursor in cursors.ExceptBy(answer.Conversations.Select(page => page.Conversation.Id), cursor => cursor.ConversationId))
            model.Find(cursor.ConversationId)?.Log.GiveUpHole();
    }
}
