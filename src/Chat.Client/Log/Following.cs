using Chat.Contracts;

namespace Chat.Client;

/// <summary>What an operator follows, over reconnects: lists of inboxes and single conversations.</summary>
internal sealed class Following(ClientParts parts)
{
    private readonly RowList _list = new();
    private volatile IReadOnlyList<InboxId> _watched = [];

    public Store<IReadOnlyDictionary<ConversationId, InboxRow>> Rows => _list.Rows;

    public async Task WatchAsync(IReadOnlyList<InboxId> inboxes, CancellationToken cancellationToken)
    {
        _watched = inboxes;
        if (parts.Loop.Link is { } link)
            await WatchNowAsync(link, cancellationToken);
    }

    /// <summary>On a fresh connection.</summary>
    public async Task WatchAsync(ILink link, CancellationToken cancellationToken)
    {
        if (_watched.Count > 0)
            await WatchNowAsync(link, cancellationToken);
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

    private async Task WatchNowAsync(ILink link, CancellationToken cancellationToken)
    {
        _list.BeginWatch();
        _list.Apply(await link.CallAsync<WatchResult>(nameof(IOperatorHub.Watch), new Watch(_watched), cancellationToken));
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
            // The Hello of the next connection follows what is held.
        }
    }
}
