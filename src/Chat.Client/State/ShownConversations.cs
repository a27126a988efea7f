using Chat.Contracts;

namespace Chat.Client;

/// <summary>What is shown of all conversations, and how much of it is unread. Changed under the model's lock.</summary>
internal sealed class ShownConversations
{
    public Store<IReadOnlyDictionary<ConversationId, ConversationState>> All { get; } = new(ConversationMap.Empty);

    public Store<int> Unread { get; } = new(0);

    public ConversationMap Map => (ConversationMap)All.Value;

    public void Set(ConversationMap map)
    {
        Unread.Set(map.Values.Sum(state => state.Unread));
        All.Set(map);
    }

    /// <summary>They change no more.</summary>
    public void End()
    {
        All.End();
        Unread.End();
    }
}
