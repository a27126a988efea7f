using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>Sends the outbox: in order for each conversation, one in flight. What gets no answer stays and goes again on the next connection.</summary>
internal sealed partial class OutboxPump(ChatModel model, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();

    // Guarded by the gate: conversations that a task sends for, by the id that they had at its start.
    private readonly HashSet<ConversationId> _busy = [];

    public required Func<ILink?> Link { get; init; }

    /// <summary>Sends what can be sent.</summary>
    public void Wake()
    {
        if (Link() is null)
            return;
        foreach (var id in model.Outbox.Waiting())
        {
            lock (_gate)
            {
                if (!_busy.Add(id))
                    continue;
            }
            _ = Task.Run(() => SendAllAsync(id));
        }
    }

    private async Task SendAllAsync(ConversationId id)
    {
        var isFaulty = false;
        try
        {
            var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15));
            while (model.Outbox.Next(id) is { } item && Link() is { } link)
            {
                if (await SendAsync(link, item) is not { } refusal)
                {
                    backoff.Reset();
                    // What was read may be told, now that what was written before is there.
                    model.MarksMoved?.Invoke(item.ConversationId);
                }
                else if (refusal.Code == ChatException.Network)
                    await link.Ended;
                else
                    await Task.Delay(refusal.RetryAfter ?? backoff.Next(), time);
            }
        }
        catch (Exception e)
        {
            LogFault(e, id);
            isFaulty = true;
        }
        finally
        {
            lock (_gate)
                _busy.Remove(id);
        }
        // What was added since the last look, or goes on under the server's id, or may go over the next link.
        if (!isFaulty)
            Wake();
    }

    /// <summary>Null: answered, in one way or the other. Else why it must be sent again.</summary>
    private async Task<ChatException?> SendAsync(ILink link, OutboxItem item)
    {
        try
        {
            if (item.Kind == ChangeKind.OpenConversation)
                model.Outbox.Acknowledge(item, await CallAsync<OpenResult>(link, item));
            else
                model.Outbox.Acknowledge(item, await CallAsync<SendResult>(link, item));
            return null;
        }
        catch (ChatException e) when (e.Retryable)
        {
            return e;
        }
        catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code)
        {
            // The token ran out; the change is as good as it was.
            link.Close(DisconnectReason.Expired.Code);
            return new ChatException(ChatException.Network, e);
        }
        catch (ChatException e)
        {
            LogRefused(item.Kind, item.ClientId, e.Code);
            model.Outbox.Refuse(item, e);
            return null;
        }
    }

    private static Task<T> CallAsync<T>(ILink link, OutboxItem item) =>
        link.CallAsync<T>(item.Kind.ToString(), item.ToRequest(), CancellationToken.None);

    [LoggerMessage(LogLevel.Warning, "{Kind} {ClientId} was refused: {Code}")]
    private partial void LogRefused(ChangeKind kind, Guid clientId, string code);

    [LoggerMessage(LogLevel.Error, "The outbox of {Conversation} is stuck until the next connection")]
    private partial void LogFault(Exception exception, ConversationId conversation);
}
