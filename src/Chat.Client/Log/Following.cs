using Chat.Contracts;

namespace Chat.Client;

/// <summary>What an operator follows, over reconnects: lists of inboxes and single conversations.</summary>
internal sealed class Following(ClientParts parts)
{
    private readonly RowList _list = new();
    private volatile IReadOnlyList<InboxId> _watched = [];

    // What the last connection was told when it was made.
    private volatile IReadOnlyList<InboxId> _greeted = [];

    public Store<IReadOnlyDictionary<ConversationId, InboxRow>> Rows => _list.Rows;

    public async Task WatchAsync(IReadOnlyList<InboxId> inboxes, CancellationToken cancellationToken)
    {
        _watched = inboxes;
        if (parts.Loop.Link is { } link)
            await WatchNowAsync(link, inboxes, cancellationToken);
    }

    /// <summary>On a fresh connection: those that are still the operator's.</summary>
    public async Task GreetAsync(ILink link, CancellationToken cancellationToken)
    {
        var told = _greeted;
        _greeted = _watched;
        if (told.Count + _greeted.Count == 0)
            return;
        try
        {
            await WatchNowAsync(link, [.. _greeted.Intersect(parts.Me.Value!.Inboxes)], cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.NotFound.Code)
        {
            // He lost one just now: the next Hello tells which.
            throw new ChatException(ChatException.Network, e);
        }
    }

    /// <summary>The connection is online: says what was asked for after its greeting.</summary>
    public void Arrive()
    {
        if (parts.Loop.Link is { } link)
            _ = WatchOrCloseAsync(link);
    }

    /// <summary>The session is over.</summary>
    public void Forget()
    {
        (_watched, _greeted) = ([], []);
        _list.Clear();
    }

    public void Open(ConversationId id)
    {
        parts.Model.Hold(id);
        _ = OpenAsync(id);
    }

    public void Leave(ConversationId id)
    {
        parts.Model.Drop(id);
        Say(nameof(IOperatorHub.Leave), id);
    }

    /// <summary>What need not be said again when it is lost: the next connection begins without it.</summary>
    public void Say(string method, ConversationId id) => _ = SayAsync(method, id);

    public void Take(object push)
    {
        if (push is InboxChange change)
            _list.Apply(change);
    }

    private async Task WatchNowAsync(ILink link, IReadOnlyList<InboxId> inboxes, CancellationToken cancellationToken)
    {
        _list.BeginWatch();
        _list.Apply(await link.CallAsync<WatchResult>(nameof(IOperatorHub.Watch), new Watch(inboxes), cancellationToken));
    }

    // Nobody waits for it any more: the next connection begins with it.
    private async Task WatchOrCloseAsync(ILink link)
    {
        try
        {
            while (!ReferenceEquals(_greeted, _watched))
                await GreetAsync(link, CancellationToken.None);
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
            await parts.CallAsync<object?>(method, new ConversationRef(id), CancellationToken.None);
        }
        catch (ChatException)
        {
            // As said.
        }
    }

    private async Task OpenAsync(ConversationId id)
    {
        try
        {
            var cursor = parts.Model.Look(id, held => held?.Cursor) ?? new Cursor(id, 0, 0);
            var query = new OpenQuery(id, cursor.Epoch, cursor.Seq);
            parts.Syncer.Apply([await parts.CallAsync<ConversationPage>(nameof(IOperatorHub.Open), query, CancellationToken.None)]);
        }
        catch (ChatException e) when (!e.Retryable)
        {
            parts.Model.Drop(id);
        }
        catch (ChatException)
        {
            // What is held is followed as soon as there is a connection.
        }
    }
}
