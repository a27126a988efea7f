using Chat.Client;
using Chat.Contracts;

namespace Chat.Driver;

/// <summary>A client's state as the driver protocol writes it.</summary>
internal static class Shown
{
    public static object Of(ConversationState state) =>
        new
        {
            Conversation = state.Id,
            state.Epoch,
            state.Seq,
            state.Unread,
            HasMore = state.HasOlder,
            Status = Word(state.Status),
            Typing = state.Typing.Count > 0,
            state.Online,
            Position = state.QueuePosition,
            Items = state.Items.Select(item => new
            {
                item.Key,
                item.Seq,
                Type = Word(item.Type),
                item.Body,
                item.Edited,
                item.Deleted,
                State = Word(item.State),
                item.Error,
            }),
        };

    public static object Of(ConnectionState state) =>
        new
        {
            Status = Word(state.Status),
            state.Reason,
            Transport = state.Transport == ConnectionTransport.Poll ? "rest" : "socket",
            RetryInMs = state.RetryAt is { } at ? (double?)(at - TimeProvider.System.GetUtcNow()).TotalMilliseconds : null,
        };

    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Ends when it is online, nothing is on its way, and the log of at least this epoch is held up to at least this seq.</summary>
    public static async Task<object> UntilAsync(
        Store<ConnectionState> connection,
        Store<IReadOnlyDictionary<ConversationId, ConversationState>> conversations,
        Func<ConversationId> conversation,
        Order order
    )
    {
        var changed = new SemaphoreSlim(1);
        void Look<T>(T value) => changed.Release();
        connection.Changed += Look;
        conversations.Changed += Look;
        try
        {
            while (true)
            {
                await changed.WaitAsync();
                if (
                    connection.Value.Status == ConnectionStatus.Online
                    && conversations.Value.TryGetValue(conversation(), out var state)
                    && IsSettled(state, order)
                )
                    return Of(state);
            }
        }
        finally
        {
            connection.Changed -= Look;
            conversations.Changed -= Look;
        }
    }

    // A change that was refused is not on its way.
    private static bool IsSettled(ConversationState state, Order order) =>
        state.Conversation is not null
        && state.Epoch >= (order.Epoch ?? 0)
        && state.Seq >= (order.Seq ?? 0)
        && state.Items.All(item => item.State != ItemState.Sending && (item.Pending is null || item.Error is not null));
}
