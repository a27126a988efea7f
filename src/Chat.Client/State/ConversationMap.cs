using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Conversations by id. The id that opening gave goes on to find its conversation once the server has given its own. Immutable; entries have the ids of now.
/// </summary>
internal sealed class ConversationMap : IReadOnlyDictionary<ConversationId, ConversationState>
{
    private readonly ImmutableDictionary<ConversationId, ConversationState> _states;
    private readonly ImmutableDictionary<ConversationId, ConversationId> _aliases;

    private ConversationMap(
        ImmutableDictionary<ConversationId, ConversationState> states,
        ImmutableDictionary<ConversationId, ConversationId> aliases
    ) => (_states, _aliases) = (states, aliases);

    public static ConversationMap Empty { get; } =
        new(ImmutableDictionary<ConversationId, ConversationState>.Empty, ImmutableDictionary<ConversationId, ConversationId>.Empty);

    public int Count => _states.Count;

    public IEnumerable<ConversationId> Keys => _states.Keys;

    public IEnumerable<ConversationState> Values => _states.Values;

    public ConversationState this[ConversationId key] => _states[Resolve(key)];

    /// <summary>The id under which a conversation is now.</summary>
    public ConversationId Resolve(ConversationId id) => _aliases.GetValueOrDefault(id, id);

    public bool ContainsKey(ConversationId key) => _states.ContainsKey(Resolve(key));

    public bool TryGetValue(ConversationId key, [MaybeNullWhen(false)] out ConversationState value) =>
        _states.TryGetValue(Resolve(key), out value);

    public IEnumerator<KeyValuePair<ConversationId, ConversationState>> GetEnumerator() => _states.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public ConversationMap With(ConversationState state) => new(_states.SetItem(state.Id, state), _aliases);

    public ConversationMap Without(ConversationId id) => new(_states.Remove(id), _aliases);

    /// <summary>What was found under an id of this device is now under the server's; no snapshot is without it.</summary>
    public ConversationMap Renamed(ConversationId local, ConversationId id)
    {
        var states = _states.Remove(local);
        if (_states.TryGetValue(local, out var state) && !states.ContainsKey(id))
            states = states.Add(id, state with { Id = id });
        return new ConversationMap(states, _aliases.SetItem(local, id));
    }
}
