using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>What an operator follows, over reconnects: lists of inboxes and single conversations.</summary>
internal sealed class Desk(Model model, Connection connection, Action<ConversationPage> hear)
{
    private IReadOnlyList<InboxId> _inboxes = [];
    private IReadOnlyList<InboxId>? _watched;
    private bool _hasRows;

    public Rows Rows { get; } = new();

    /// <summary>Follows a conversation from now on.</summary>
    public async Task OpenAsync(ConversationId id)
    {
        var held = model.Hold(id);
        hear(await connection.CallAsync<ConversationPage>("Open", () => new OpenQuery(id, held.Log.Epoch, held.Log.Seq)));
    }

    public void Leave(ConversationId id)
    {
        model.Drop(id);
        model.Changed.Raise();
        if (connection.Link is { } link)
            _ = MarkSender.IgnoreAsync(link.CallAsync<object?>("Leave", new ConversationRef(id)));
    }

    /// <summary>Follows the lists of these inboxes from now on, or of all the operator's own; replaces what was watched before.</summary>
    public async Task WatchAsync(IReadOnlyList<InboxId>? inboxes)
    {
        _watched = inboxes ?? [];
        Take(await connection.CallAsync<WatchResult>("Watch", BeginWatch));
    }

    /// <summary>After Hello, which follows the conversations that it named.</summary>
    public async Task GreetAsync(ILink link, Me me, IEnumerable<Cursor> unnamed)
    {
        _inboxes = me.Inboxes;
        foreach (var (id, epoch, seq) in unnamed)
            hear(await link.CallAsync<ConversationPage>("Open", new OpenQuery(id, epoch, seq)));
        if (_watched is not null && !(_hasRows && Mutant.Has(Defect.NotWatchedAgain)))
            Take(await link.CallAsync<WatchResult>("Watch", BeginWatch()));
    }

    private Watch BeginWatch()
    {
        Rows.BeginWatch();
        return new([.. _watched is { Count: > 0 } some ? some.Intersect(_inboxes) : _inboxes]);
    }

    private void Take(WatchResult answer)
    {
        Rows.Apply(answer);
        _hasRows = true;
        model.Changed.Raise();
    }
}
