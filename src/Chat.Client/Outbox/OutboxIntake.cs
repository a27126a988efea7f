namespace Chat.Client;

/// <summary>Takes what is written: each change is stored before it is sent, and once, whatever key it has. Guarded by the model's lock.</summary>
internal sealed class OutboxIntake(ChatModel model, Outbox outbox, OutboxItems items, Waiters waiters, TimeProvider time)
{
    /// <summary>
    /// Takes a change. Returns when it is on the disk; then it will be sent, whatever happens to this process. What was taken under the caller's key before is not
    /// taken again; if it was refused or is held, it is sent once more.
    /// </summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Cancels before it is taken.</param>
    /// <param name="waiter">Hears what comes of it.</param>
    /// <param name="then">Is stored with it or not at all: what is said with an opening.</param>
    public async Task<Guid> AddAsync(
        OutboxItem change,
        CancellationToken cancellationToken,
        TaskCompletionSource<ChangeResult>? waiter = null,
        OutboxItem? then = null
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (taken, stored) = Take(change, then, waiter);
        try
        {
            await stored;
        }
        catch (Exception e)
        {
            lock (model.Gate)
            {
                taken.ForEach(outbox.Remove);
                outbox.DropUnopened(change);
            }
            throw new ChatException("storage", "The change could not be stored.", inner: e);
        }
        finally
        {
            lock (model.Gate)
                taken.ForEach(items.SetStored);
            // Also when it failed: others may have waited behind it.
            outbox.Filled?.Invoke();
        }
        return change.ClientId;
    }

    /// <summary>As above, and waits for what comes of it.</summary>
    public async Task<ChangeResult> ChangeAsync(OutboxItem change, CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<ChangeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await AddAsync(change, cancellationToken, waiter);
        return await waiter.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The items, and when they are stored. No item: the log has it.</summary>
    private (List<OutboxItem> Taken, Task Stored) Take(OutboxItem change, OutboxItem? then, TaskCompletionSource<ChangeResult>? waiter)
    {
        lock (model.Gate)
        {
            if (change.HasCallersKey && items.IsKnown(change, model))
                return TakeAgain(change);
            if (waiter is not null && model.Ending is { } ending)
                throw new ChatException(ending.Code, ending);
            var id = model.Resolve(change.ConversationId);
            // Behind an opening that was refused nothing would go out: all of it is tried once more.
            if (items.IsRefused(id))
                outbox.Revive(id, [], expectedSeq: null);
            List<OutboxItem> taken = [.. new[] { change, then }.OfType<OutboxItem>().Select(one => items.Add(one, id, time.GetUtcNow()))];
            if (waiter is not null)
                waiters.Add(taken[0], waiter);
            var stored = model.Commit(model.Hold(id), [.. taken.Select(item => Saved.Put(Saved.Item(item), item))], durable: true);
            taken.ForEach(item => items.SetStoring(item, stored));
            return (taken, stored);
        }
    }

    // What it was refused for may be over.
    private (List<OutboxItem>, Task) TakeAgain(OutboxItem change)
    {
        var id = model.Resolve(change.ConversationId);
        if (items.Find(id, change.ClientId) is not { } known)
            return ([], Task.CompletedTask);
        if (known is { State: ItemState.Failed or ItemState.Held })
            outbox.Revive(id, [known], change.ExpectedSeq);
        return ([known], items.StoringOf(known) ?? model.FlushAsync());
    }
}
