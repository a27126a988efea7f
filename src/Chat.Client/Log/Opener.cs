using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Follows conversations that an operator asks for: one with a call of its own, many together, so that hundreds cost a few calls. What is asked for without a
/// connection is followed by the next one, since it is held.
/// </summary>
internal sealed class Opener(ClientParts parts)
{
    private readonly Lock _gate = new();

    // Guarded by the gate, as are all here.
    private readonly HashSet<ConversationId> _asked = [];
    private readonly Dictionary<ConversationId, TaskCompletionSource> _waiters = [];
    private bool _isRunning;

    /// <summary>Follows it; nothing happens when it is followed already.</summary>
    public void Open(ConversationId id)
    {
        parts.Model.Hold(id);
        if (IsHere(id) || parts.Loop.Link is null)
            return;
        lock (_gate)
        {
            if (!_asked.Add(id) || _isRunning)
                return;
            _isRunning = true;
        }
        _ = Task.Run(RunAsync);
    }

    /// <summary>As above, and returns when it is here.</summary>
    public async Task OpenAsync(ConversationId id, CancellationToken cancellationToken)
    {
        parts.ThrowIfEnded();
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            if (!_waiters.TryGetValue(id, out waiter))
                _waiters.Add(id, waiter = new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        Open(id);
        if (IsHere(id))
            Applied(id);
        await waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>A page of it is here.</summary>
    public void Applied(ConversationId id) => Answer([id], waiter => waiter.TrySetResult());

    /// <summary>It is none that the operator may see.</summary>
    public void LeftOut(ConversationId id)
    {
        if (!IsHere(id))
            Refuse(id, new ChatException(ErrorCode.NotFound.Code));
    }

    /// <summary>Nobody waits for it any longer.</summary>
    public void Forget(ConversationId id) => Answer([id], waiter => waiter.TrySetCanceled());

    /// <summary>The client has ended, or was stopped.</summary>
    public void End(ChatException reason)
    {
        List<ConversationId> waiting;
        lock (_gate)
            waiting = [.. _waiters.Keys];
        Answer(waiting, waiter => Fail(waiter, reason));
    }

    private bool IsHere(ConversationId id) => parts.Model.Look(id, held => held is { Log.Epoch: > 0 });

    private async Task RunAsync()
    {
        while (TakeOrEnd() is { } ids)
        {
            if (ids is [var id])
                await AskAsync(id);
            else
                parts.Syncer.WantNow(ids);
        }
    }

    private List<ConversationId>? TakeOrEnd()
    {
        lock (_gate)
        {
            if (_asked.Count == 0)
            {
                _isRunning = false;
                return null;
            }
            List<ConversationId> ids = [.. _asked];
            _asked.Clear();
            return ids;
        }
    }

    private async Task AskAsync(ConversationId id)
    {
        var life = parts.Model.Life;
        try
        {
            var cursor = parts.Model.Look(id, held => held?.Cursor) ?? new Cursor(id, 0, 0);
            var query = new OpenQuery(id, cursor.Epoch, cursor.Seq);
            parts.Syncer.Apply([await parts.CallAsync<ConversationPage>(nameof(IOperatorHub.Open), query, CancellationToken.None)], life);
        }
        catch (ChatException e) when (!e.Retryable)
        {
            Refuse(id, e);
        }
        catch (ChatException)
        {
            // Asked for again with all others that wait, as soon as the server or a connection is there for it.
            parts.Syncer.WantNow([id]);
        }
    }

    private void Refuse(ConversationId id, ChatException refusal)
    {
        parts.Model.Drop(id);
        Answer([id], waiter => Fail(waiter, refusal));
    }

    private void Answer(IReadOnlyList<ConversationId> ids, Action<TaskCompletionSource> answer)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (_waiters.Remove(id, out var waiter))
                    answer(waiter);
            }
        }
    }

    private static void Fail(TaskCompletionSource waiter, Exception reason)
    {
        waiter.TrySetException(reason);
        // Whoever asked may have gone: then nobody looks.
        _ = waiter.Task.Exception;
    }
}
