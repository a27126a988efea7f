using System.Collections.Concurrent;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Testing.Clients;

/// <summary>Every change that a client made, and what was said of it: what an oracle compares with the stored log.</summary>
internal sealed class ChangeLedger
{
    private readonly ConcurrentQueue<SentChange> _changes = new();
    private int _duplicates;

    public ConcurrentDictionary<Guid, ChatEvent> Acknowledged { get; } = new();

    public IReadOnlyCollection<SentChange> Changes => _changes;

    public int Duplicates => _duplicates;

    /// <summary>Makes a change by a call that is repeated until it is answered.</summary>
    public async Task<SendResult> MakeAsync(string method, object request, Func<Task<SendResult>> call)
    {
        var change = SentChange.Of(method, request);
        _changes.Enqueue(change);
        SendResult result;
        try
        {
            result = await call();
        }
        catch (HubException e) when (ErrorCode.Find(Refusals.Code(e)) is { } refusal)
        {
            change.Refuse(refusal);
            throw;
        }
        change.Acknowledge(result.Event);
        if (result.Status == ResultStatus.Duplicate)
            Interlocked.Increment(ref _duplicates);
        if (result.Event is { ClientId: { } clientId } stored)
            Acknowledged[clientId] = stored;
        return result;
    }
}
