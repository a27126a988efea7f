using Chat.Contracts;

namespace Chat.Client;

/// <summary>What a storage held when it was loaded.</summary>
internal sealed class Restored
{
    /// <summary>Events of a conversation that are kept from one start to the next; older ones come from the server.</summary>
    private const int KeptEvents = 300;

    private readonly IReadOnlyDictionary<string, byte[]> _values;

    public Restored(IReadOnlyDictionary<string, byte[]> values)
    {
        _values = values;
        var events = All<ChatEvent>(Saved.Events).ToLookup(pair => pair.Value.ConversationId, pair => pair.Value);
        Conversations = [.. All<SavedConversation>(Saved.Conversations).Select(pair => Restore(Id(pair.Name), pair.Value, events))];
        Aliases = [.. All<ConversationId>(Saved.Aliases).Select(pair => (Id(pair.Name), pair.Value))];
        Items = [.. All<OutboxItem>(Saved.Outbox).Select(pair => pair.Value)];
    }

    public Guid DeviceId => _values.TryGetValue(Saved.Device, out var device) ? Saved.Read<Guid>(device) : Guid.NewGuid();

    public Guid? Owner => _values.TryGetValue(Saved.Owner, out var owner) ? Saved.Read<Guid>(owner) : null;

    /// <summary>Refresh tokens of sessions that have ended, which the server has not heard.</summary>
    public IReadOnlyList<string> Farewells => Find<IReadOnlyList<string>>(Saved.Farewells) ?? [];

    public SavedSession? Session => Find<SavedSession>(Saved.Session);

    public SavedDevice? PushDevice => Find<SavedDevice>(Saved.Push);

    public IReadOnlyList<HeldConversation> Conversations { get; }

    public IReadOnlyList<(ConversationId Local, ConversationId Id)> Aliases { get; }

    public IReadOnlyList<OutboxItem> Items { get; }

    private static HeldConversation Restore(ConversationId id, SavedConversation saved, ILookup<ConversationId, ChatEvent> events)
    {
        var held = new HeldConversation(id);
        held.Restore(saved);
        held.Log.Restore(saved.Epoch, saved.Seq, events[id], KeptEvents);
        return held;
    }

    private static ConversationId Id(string name) => new(Guid.Parse(name));

    private T? Find<T>(string key)
        where T : class => _values.TryGetValue(key, out var value) ? Saved.Read<T>(value) : null;

    private IEnumerable<(string Name, T Value)> All<T>(string prefix) =>
        _values
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pair => (pair.Key[prefix.Length..], Saved.Read<T>(pair.Value)));
}
