using System.Globalization;
using Chat.Contracts;

namespace Chat.Testing.Clients;

/// <summary>
/// Compares what clients were told and hold with what is stored: nothing acknowledged is lost, doubled or reordered, nothing refused is stored, and
/// every client sees the log as it is, visitors without a word that is the staff's.
/// </summary>
public sealed class Oracle
{
    private readonly StoredLog _log;
    private readonly IReadOnlyCollection<ChatClient> _clients;
    private readonly List<Finding> _findings = [];

    private Oracle(StoredLog log, IReadOnlyCollection<ChatClient> clients) => (_log, _clients) = (log, clients);

    /// <summary>To be asked when nothing is under way any more.</summary>
    /// <param name="log">The truth.</param>
    /// <param name="clients">Everybody who changed something.</param>
    /// <param name="commitsWereLost">With their server, so that what clients were told of their changes counts no more.</param>
    public static IReadOnlyList<Finding> Judge(StoredLog log, IReadOnlyCollection<ChatClient> clients, bool commitsWereLost = false)
    {
        var oracle = new Oracle(log, clients);
        foreach (var id in log.Heads.Keys)
            oracle.JudgeStored(id);
        oracle.JudgeDoubled();
        foreach (var client in clients)
        {
            if (!commitsWereLost)
                oracle.JudgeChanges(client);
            foreach (var held in client.Logs)
                client.Look(held.Id, log => oracle.JudgeHeld(client, log));
            if (client.IsWatching)
                client.LookAtList(list => oracle.JudgeList(client, list));
        }
        return oracle._findings;
    }

    /// <summary>Throws a table of all that is wrong.</summary>
    public static void Verify(StoredLog log, IReadOnlyCollection<ChatClient> clients, string context, bool commitsWereLost = false)
    {
        if (Judge(log, clients, commitsWereLost) is { Count: > 0 } findings)
            throw new InvalidOperationException($"{findings.Count} findings; {context}\n{Table(findings)}");
    }

    private static string Table(IReadOnlyList<Finding> findings)
    {
        const int shown = 60;
        var counts = findings.GroupBy(f => f.Kind).Select(g => $"{g.Count()} {g.Key}");
        var lines = findings
            .Take(shown)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Kind, -10} {f.Who, -14} {f.Conversation} {f.Seq, 5}  {f.What}"));
        return string.Join('\n', [string.Join(", ", counts), .. lines]);
    }

    /// <summary>1, 2, 3 … up to the head, and one dedup row for each clientId.</summary>
    private void JudgeStored(ConversationId id)
    {
        var events = _log.Events(id);
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Seq != i + 1)
                Find("hole", "log", id, events[i].Seq, $"at position {i + 1}");
            if (events[i].ClientId is { } key && _log.Dedup.GetValueOrDefault((id, key)) != events[i].Seq)
                Find("dedup", "log", id, events[i].Seq, $"dedup row says {_log.Dedup.GetValueOrDefault((id, key))}");
        }
        if (events.Count != _log.Heads[id])
            Find("head", "log", id, _log.Heads[id], $"{events.Count} events are stored");
        var made = events.Count(e => e.ClientId is not null);
        var kept = _log.Dedup.Keys.Count(key => key.Id == id);
        if (made != kept)
            Find("dedup", "log", id, 0, $"{made} events with a clientId, {kept} dedup rows");
    }

    private void JudgeDoubled()
    {
        var made = _clients.SelectMany(c => c.Changes).Select(c => (c.ConversationId, c.ClientId)).ToHashSet();
        foreach (var id in _log.Heads.Keys)
        {
            var events = _log.Events(id);
            foreach (var group in events.Where(e => e.ClientId is not null).GroupBy(e => e.ClientId!.Value))
            {
                if (group.Count() > 1)
                    Find("doubled", "log", id, group.Last().Seq, $"clientId {group.Key} is also at {group.First().Seq}");
                // The first event is the opening, which is no change of a conversation.
                if (group.First().Seq > 1 && !made.Contains((id, group.Key)))
                    Find("invented", "log", id, group.First().Seq, $"nobody made {group.Key}");
            }
        }
    }

    /// <summary>What one client was told of his changes.</summary>
    private void JudgeChanges(ChatClient client)
    {
        var last = new Dictionary<ConversationId, int>();
        foreach (var change in client.Changes)
        {
            var stored = _log.Events(change.ConversationId).FirstOrDefault(e => e.ClientId == change.ClientId);
            if (change.Refusal is { } refusal && stored is not null)
                Find(
                    "refused",
                    client.Name,
                    change.ConversationId,
                    stored.Seq,
                    $"{change.Method} is stored though refused: {refusal.Code}"
                );
            if (change is { IsAcknowledged: true, Event: null } && stored is not null)
                Find(
                    "unsaid",
                    client.Name,
                    change.ConversationId,
                    stored.Seq,
                    $"{change.Method} is stored though answered as nothing to do"
                );
            if (change.Event is not { } told)
                continue;
            if (stored is null)
            {
                Find("lost", client.Name, change.ConversationId, told.Seq, $"{change.Method} {change.ClientId} was acknowledged");
                continue;
            }
            if (stored.Seq != told.Seq || stored.Type != told.Type || told.Epoch > _log.Epoch)
                Find("differs", client.Name, change.ConversationId, stored.Seq, $"acknowledged as {told.Type} at {told.Seq}");
            if (stored.Seq <= last.GetValueOrDefault(change.ConversationId))
                Find("reordered", client.Name, change.ConversationId, stored.Seq, $"made after {last[change.ConversationId]}");
            last[change.ConversationId] = stored.Seq;
        }
    }

    /// <summary>What one client holds of one conversation.</summary>
    private bool JudgeHeld(ChatClient client, ClientLog held)
    {
        var stored = _log.Events(held.Id);
        if (held.Seq != stored.Count || held.HasHole)
            Find("behind", client.Name, held.Id, held.Seq, $"the head is {stored.Count}; hole: {held.HasHole}");
        if (held.Epoch != _log.Epoch)
            Find("epoch", client.Name, held.Id, held.Seq, $"holds epoch {held.Epoch}, the log has {_log.Epoch}");
        var expected = held.First;
        foreach (var seq in held.Applied)
        {
            if (seq != expected++)
                Find("disorder", client.Name, held.Id, seq, $"applied where {expected - 1} was due");
        }
        foreach (var e in held.Events)
        {
            if (e.Seq < 1 || e.Seq > stored.Count)
                Find("phantom", client.Name, held.Id, e.Seq, $"{e.Type} is not stored");
            else
                JudgeEvent(client, e, stored[e.Seq - 1]);
        }
        return true;
    }

    /// <summary>The list of one who watches all inboxes.</summary>
    private bool JudgeList(ChatClient client, ClientList list)
    {
        foreach (var (id, head) in _log.Heads.Where(h => !_log.Closed.Contains(h.Key)))
        {
            if (list.Open.GetValueOrDefault(id)?.Seq != head)
                Find("row", client.Name, id, head, $"his list has {list.Open.GetValueOrDefault(id)?.Seq}");
        }
        foreach (var id in list.Open.Keys.Where(id => _log.Closed.Contains(id) || !_log.Heads.ContainsKey(id)))
            Find("row", client.Name, id, _log.Heads.GetValueOrDefault(id), $"is closed, his list has {list.Open[id].Seq}");
        return true;
    }

    private void JudgeEvent(ChatClient client, ChatEvent e, StoredEvent stored)
    {
        // What is the staff's, and for everybody what this version has no word for.
        if ((!client.IsOperator && stored.Audience == Audience.Staff) || !Enum.IsDefined(stored.Type))
        {
            if (e is not { Type: EventType.Skip, Actor: null, At: null, ClientId: null, Data: null })
                Find("leaked", client.Name, e.ConversationId, e.Seq, $"{stored.Type} came as {e.Type}");
            return;
        }
        var (seen, truth) = (
            (e.Type, e.ClientId, e.Data?.TargetSeq, e.Data?.EditedSeq, e.Data?.DeletedSeq, e.Data?.Body),
            (stored.Type, stored.ClientId, stored.TargetSeq, stored.EditedSeq, stored.DeletedSeq, stored.Body)
        );
        if (seen != truth)
            Find("differs", client.Name, e.ConversationId, e.Seq, $"holds {seen}, stored is {truth}");
        var author =
            !client.IsOperator && e.Actor?.Kind == ActorKind.Operator && stored.ActorId is { } id
                ? OperatorAlias.Of(e.ConversationId, new OperatorId(id))
                : stored.ActorId;
        if (e.Actor?.Id != author)
            Find("author", client.Name, e.ConversationId, e.Seq, $"{e.Actor?.Id}, must be {author}");
    }

    private void Find(string kind, string who, ConversationId conversation, int seq, string what) =>
        _findings.Add(new Finding(kind, who, conversation, seq, what));
}

/// <summary>Something that is not as it must be.</summary>
public sealed record Finding(string Kind, string Who, ConversationId Conversation, int Seq, string What);
