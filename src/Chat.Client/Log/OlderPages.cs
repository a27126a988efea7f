using Chat.Contracts;

namespace Chat.Client;

/// <summary>Fetches what came before the first event held.</summary>
/// <param name="model">Where it goes.</param>
/// <param name="fetch">Asks the server.</param>
internal sealed class OlderPages(ChatModel model, Func<HistoryQuery, CancellationToken, Task<HistoryResult>> fetch)
{
    private const int Limit = 50;

    // Guarded by the model's lock: somebody came while another fetched.
    private readonly HashSet<ConversationId> _turnedAway = [];

    /// <summary>One page. Nothing when there is none, or somebody else fetches it just now.</summary>
    public async Task LoadAsync(ConversationId id, CancellationToken cancellationToken)
    {
        if (Begin(id) is not { } first)
            return;
        try
        {
            var query = new HistoryQuery(model.Resolve(id), Before: first, Limit: Limit);
            model.ApplyOlder(id, await fetch(query, cancellationToken));
        }
        finally
        {
            End(id);
        }
    }

    /// <summary>The first event held, when this caller is to fetch what is before it.</summary>
    private int? Begin(ConversationId id)
    {
        lock (model.Gate)
        {
            if (model.Find(id) is not { Log.HasOlder: true } held)
                return null;
            if (held.LoadingOlder)
            {
                _turnedAway.Add(held.Id);
                return null;
            }
            model.Update(id, each => each.LoadingOlder = true);
            return held.Log.First;
        }
    }

    // Whether it has come or not: whoever was turned away looks again, and may fetch it then.
    private void End(ConversationId id)
    {
        lock (model.Gate)
        {
            model.Update(id, held => held.LoadingOlder = false);
            if (_turnedAway.Remove(model.Resolve(id)))
                model.Feed.Touch([model.Resolve(id)]);
        }
    }
}
