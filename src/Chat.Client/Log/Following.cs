using Chat.Contracts;

namespace Chat.Client;

/// <summary>What an operator follows, over reconnects: lists of inboxes and single conversations.</summary>
internal sealed class Following
{
    private readonly ClientParts _parts;
    private readonly RowPages _pages;
    private readonly Opener _opener;
    private readonly RowList _list = new();
    private readonly Lock _gate = new();

    // Guarded by the gate: asks for lists one after the other.
    private Task _watching = Task.CompletedTask;
    private volatile WatchAsk _watched = WatchAsk.Nothing;

    // What the last connection was told when it was made.
    private volatile WatchAsk _greeted = WatchAsk.Nothing;

    /// <param name="parts">The client's.</param>
    /// <param name="rowsPerInbox">How many rows of an inbox are held.</param>
    /// <param name="time">The clock.</param>
    public Following(ClientParts parts, int rowsPerInbox, TimeProvider time)
    {
        _parts = parts;
        _pages = new RowPages(parts, rowsPerInbox, time);
        _opener = new Opener(parts);
        parts.Model.Forgotten = _list.Clear;
        parts.Syncer.Applied = _opener.Applied;
        parts.Syncer.LeftOut += _opener.LeftOut;
    }

    public RowList List => _list;

    /// <summary>Returns when the rows are here.</summary>
    /// <param name="inboxes">Null: all of the operator's, as they are on each connection.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyList<InboxRow>> WatchAsync(IReadOnlyList<InboxId>? inboxes, CancellationToken cancellationToken)
    {
        _parts.ThrowIfEnded();
        var (before, ask) = (_watched, new WatchAsk(inboxes));
        _watched = ask;
        if (!ReferenceEquals(before, WatchAsk.Nothing))
            before.Done.TrySetCanceled(CancellationToken.None);
        Arrive();
        await ask.Done.Task.WaitAsync(cancellationToken);
        return [.. _list.Rows.Value.Values];
    }

    /// <summary>On a fresh connection: those that are still the operator's.</summary>
    public async Task GreetAsync(ILink link, CancellationToken cancellationToken)
    {
        var (told, ask) = (_greeted, _watched);
        _greeted = ask;
        if (told.IsNothing && ask.IsNothing)
        {
            ask.Done.TrySetResult();
            return;
        }
        try
        {
            IReadOnlyList<InboxId> own = _parts.Me.Value!.Inboxes;
            await _pages.BeginAsync(link, ask, _list, [.. ask.Inboxes?.Intersect(own) ?? own], cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.NotFound.Code)
        {
            // One was taken from the operator just now: the next Hello tells which.
            throw new ChatException(ChatException.Network, e);
        }
    }

    /// <summary>The connection is online: says what was asked for after its greeting, and fetches what there was no room for.</summary>
    public void Arrive()
    {
        if (_parts.Loop.Link is not { } link)
            return;
        lock (_gate)
        {
            var before = _watching;
            _watching = Task.Run(async () =>
            {
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await WatchOrCloseAsync(link);
            });
        }
    }

    /// <summary>The session is over.</summary>
    public void Forget()
    {
        _watched.Done.TrySetCanceled();
        (_watched, _greeted) = (WatchAsk.Nothing, WatchAsk.Nothing);
        _list.Clear();
    }

    /// <summary>The client has ended, or was stopped: nobody waits any longer.</summary>
    public void End(ChatException reason)
    {
        _opener.End(reason);
        _watched.Fail(reason);
    }

    /// <summary>Whether a conversation that is not followed is in a list; then it is followed from now on.</summary>
    public bool Knows(ConversationId id)
    {
        var isListed = _list.Rows.Value.ContainsKey(id);
        if (isListed)
            Open(id);
        return isListed;
    }

    public void Open(ConversationId id) => _opener.Open(id);

    public Task FollowAsync(ConversationId id, CancellationToken cancellationToken) => _opener.OpenAsync(id, cancellationToken);

    public void Leave(ConversationId id)
    {
        lock (_parts.Model.Gate)
        {
            if (_parts.Model.Find(id) is { } held)
                _parts.Model.Left.Keep(held);
            _parts.Model.Drop(id);
        }
        _parts.Marks.Touch(id);
        _opener.Forget(id);
        Say(nameof(IOperatorHub.Leave), id);
    }

    /// <summary>What need not be said again when it is lost: the next connection begins without it.</summary>
    public void Say(string method, ConversationId id) => _ = SayAsync(method, id);

    public void Take(object push)
    {
        if (push is InboxChange change)
            _list.Apply(change);
    }

    // Nobody waits for it here: what fails without a reason of its own, the next connection begins with.
    private async Task WatchOrCloseAsync(ILink link)
    {
        var ask = _watched;
        try
        {
            while (!ReferenceEquals(_greeted, ask = _watched))
            {
                var told = _greeted;
                _greeted = ask;
                if (!told.IsNothing || !ask.IsNothing)
                    await _pages.BeginAsync(link, ask, _list, ask.Inboxes ?? _parts.Me.Value!.Inboxes, CancellationToken.None);
            }
            await _pages.FinishAsync(link, ask, _list, () => ReferenceEquals(_watched, ask));
        }
        catch (ChatException e) when (!e.Retryable)
        {
            ask.Fail(e);
        }
        catch (ChatException)
        {
            link.Close();
        }
    }

    private async Task SayAsync(string method, ConversationId id)
    {
        try
        {
            await _parts.CallAsync<object?>(method, new ConversationRef(id), CancellationToken.None);
        }
        catch (ChatException)
        {
            // As said.
        }
    }
}

/// <summary>Lists that an operator asked to follow.</summary>
/// <param name="inboxes">Null: all of the operator's.</param>
internal sealed class WatchAsk(IReadOnlyList<InboxId>? inboxes)
{
    public static WatchAsk Nothing { get; } = new([]);

    public IReadOnlyList<InboxId>? Inboxes => inboxes;

    public bool IsNothing => inboxes is { Count: 0 };

    /// <summary>Inboxes that may have more than the connection's answer gave. Written and read by the one who asks.</summary>
    public IReadOnlyList<InboxId> Unfinished { get; set; } = [];

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Fail(ChatException reason)
    {
        Done.TrySetException(reason);
        // Whoever asked may have gone: then nobody looks.
        _ = Done.Task.Exception;
    }
}
