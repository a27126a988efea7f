using Chat.Contracts;

namespace Chat.Client;

/// <summary>What holds for moments: who types, who looks, who is online, the place in the queue.</summary>
internal sealed class Ephemerals
{
    private readonly Dictionary<(EphemeralType Type, Guid? Actor), (Ephemeral Notice, DateTimeOffset Until)> _notices = [];

    public IReadOnlyList<TypingState> Typing => [.. Of(EphemeralType.Typing).Select(n => new TypingState(n.Actor!, n.Preview))];

    public IReadOnlyList<Actor> Viewing => [.. Of(EphemeralType.Viewing).Select(n => n.Actor!)];

    public bool? Online => Of(EphemeralType.Presence).Select(n => n.Online).FirstOrDefault();

    public int? Position => Of(EphemeralType.Queue).Select(n => n.Position).FirstOrDefault();

    /// <summary>When the next of them ends; null when there is none.</summary>
    public DateTimeOffset? NextEnd => _notices.Count == 0 ? null : _notices.Values.Min(n => n.Until);

    public void Apply(Ephemeral notice, DateTimeOffset now)
    {
        var needsActor = notice.Type is EphemeralType.Typing or EphemeralType.Viewing;
        if (notice.Type == ClientJson.UnknownEphemeral || (needsActor && notice.Actor is null))
            return;
        // Of presence and queue there is one each, whoever it is about.
        _notices[(notice.Type, needsActor ? notice.Actor!.Id : null)] = (notice, now + TimeSpan.FromMilliseconds(notice.TtlMs));
    }

    /// <summary>Who has sent a message types it no longer.</summary>
    public void ForgetTyping(Guid? actor) => _notices.Remove((EphemeralType.Typing, actor));

    public void ForgetQueue() => _notices.Remove((EphemeralType.Queue, null));

    /// <summary>True when something ended.</summary>
    public bool Prune(DateTimeOffset now)
    {
        var over = _notices.Where(n => n.Value.Until <= now).Select(n => n.Key).ToList();
        over.ForEach(key => _notices.Remove(key));
        return over.Count > 0;
    }

    /// <summary>Nothing of it holds once the connection is lost.</summary>
    public void Clear() => _notices.Clear();

    private IEnumerable<Ephemeral> Of(EphemeralType type) => _notices.Where(n => n.Key.Type == type).Select(n => n.Value.Notice);
}
