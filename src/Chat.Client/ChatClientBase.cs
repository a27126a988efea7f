using Chat.Contracts;

namespace Chat.Client;

/// <summary>What visitors and operators do alike.</summary>
public abstract class ChatClientBase : IAsyncDisposable, IDisposable
{
    /// <summary>For fakes alone: what is not overridden does not work.</summary>
    protected ChatClientBase() { }

    /// <summary>What the connection is doing.</summary>
    public virtual Store<ConnectionState> Connection => Parts.Loop.State;

    /// <summary>
    /// The visitor's conversations, or those that an operator follows, by id. The id that opening gave finds its conversation for good, also when the server has given
    /// another.
    /// </summary>
    public virtual Store<IReadOnlyDictionary<ConversationId, ConversationState>> Conversations => Parts.Model.Conversations;

    // Absent in a fake.
    private protected ClientParts Parts { get; init; } = null!;

    /// <summary>Ends the connection, the streams of events, and the waiting for answers (<c>network</c>). What is not sent stays in the outbox; starting goes on.</summary>
    public virtual Task StopAsync() => Parts.StopAsync();

    /// <summary>The device has a network again, or another one: no pause is waited for.</summary>
    public virtual void NetworkChanged() => Parts.Loop.Reconnect();

    /// <summary>Gives an own message or note a new text.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="seq">The message.</param>
    /// <param name="body">The new text.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public virtual Task EditAsync(ConversationId conversation, int seq, string body, CancellationToken cancellationToken = default) =>
        Parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Edit) with { Seq = seq, Body = body }, cancellationToken);

    /// <summary>Erases an own message or note; a supervisor anyone's.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="seq">The message.</param>
    /// <param name="cancellationToken">Cancels before it is stored.</param>
    public virtual Task RemoveAsync(ConversationId conversation, int seq, CancellationToken cancellationToken = default) =>
        Parts.AddAsync(OutboxItem.New(conversation, ChangeKind.Delete) with { Seq = seq }, cancellationToken);

    /// <summary>What came of a message or note: waits for the server's word.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item's, as sending gave it.</param>
    /// <param name="cancellationToken">Ends the waiting; the message goes on.</param>
    /// <returns>With <see cref="ResultStatus.StaleView"/> it is held: <c>Missing</c> has what others wrote meanwhile.</returns>
    /// <exception cref="ChatException">It was refused, or the client was stopped before there was an answer.</exception>
    public virtual Task<ChangeResult> ResultAsync(ConversationId conversation, string key, CancellationToken cancellationToken = default) =>
        Parts.ResultAsync(conversation, key, cancellationToken);

    /// <summary>Tries a failed item, or a failed change of an item, once more.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public virtual void Retry(ConversationId conversation, string key) => Parts.Model.Outbox.Retry(conversation, key);

    /// <summary>Takes a failed or held item out and returns its text; of a failed change only the change.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="key">The item.</param>
    public virtual string? Discard(ConversationId conversation, string key) => Parts.Model.Outbox.Discard(conversation, key);

    /// <summary>Fetches a page of what came before the first event held.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ChatException">There is no connection.</exception>
    public virtual Task LoadOlderAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        Parts.LoadOlderAsync(conversation, cancellationToken);

    /// <summary>
    /// Every event as it is taken into a log, from now on, in order and once; of a conversation that was not held, its newest ones too. Reading stops at 10,000
    /// unread ones. Ends when the client is stopped, with a <see cref="ChatException"/> when it has ended for good.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public virtual IAsyncEnumerable<ChatEvent> EventsAsync(CancellationToken cancellationToken = default) =>
        Parts.Model.Feed.ReadAsync(cancellationToken);

    /// <summary>Ends the connection and all streams, and closes the storage. Once more does nothing.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Parts is { } parts)
            await parts.DisposeAsync();
    }

    /// <summary>Begins what <see cref="DisposeAsync"/> does, and does not wait for its end: for containers that know nothing else.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _ = DisposeAsync().AsTask();
    }
}
