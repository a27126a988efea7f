using Chat.Contracts;
using Chat.Testing.Clients;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Faults.Tests.Randomised;

/// <summary>Somebody who does one random thing after the other in the conversations he follows: one change in flight, as the client rules say.</summary>
internal sealed class RandomPerson(ChatClient client, IReadOnlyList<ConversationId> conversations, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<(ConversationId Id, int Seq)> _own = [];
    private int _texts;

    /// <summary>Acknowledged changes of each kind.</summary>
    public Dictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    /// <summary>Called after each acknowledgement.</summary>
    public Action? Acknowledged { get; init; }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            // A person's own pace; nothing waits for it.
            await Task.Delay(_random.Next(50, client.IsOperator ? 500 : 600), CancellationToken.None);
            var id = conversations[_random.Next(conversations.Count)];
            try
            {
                await (client.IsOperator ? ActAsOperatorAsync(id) : ActAsVisitorAsync(id));
            }
            catch (HubException e) when (ErrorCode.Find(Refusals.Code(e)) is { Retryable: false })
            {
                // Refused, and noted by the client: closed, conflict, not his.
            }
        }
    }

    private Task ActAsVisitorAsync(ConversationId id) =>
        _random.Next(100) switch
        {
            < 72 => TextAsync(id, SendKind.Message),
            < 84 => EditAsync(),
            < 90 => DeleteAsync(),
            < 93 => ChangeAsync("Close", new ConversationCommand(id, Guid.NewGuid())),
            < 95 => ChangeAsync("Rate", new RateConversation(id, Guid.NewGuid(), _random.Next(1, 6))),
            _ => LookAsync(id),
        };

    private Task ActAsOperatorAsync(ConversationId id) =>
        _random.Next(100) switch
        {
            < 45 => TextAsync(id, SendKind.Message),
            < 60 => TextAsync(id, SendKind.Note),
            < 70 => EditAsync(),
            < 75 => DeleteAsync(),
            < 83 => ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid())),
            < 87 => ChangeAsync("SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Closed)),
            < 91 => ChangeAsync("SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Queued)),
            < 95 => ChangeAsync("Tag", new TagConversation(id, Guid.NewGuid(), [$"t{_random.Next(5)}"], [$"t{_random.Next(5)}"])),
            _ => LookAsync(id),
        };

    private async Task TextAsync(ConversationId id, SendKind kind)
    {
        var sent = await client.SendAsync(id, $"{client.Name}: {_texts++}", kind);
        Count(kind.ToString());
        _own.Add((id, sent.Event!.Seq));
    }

    private async Task EditAsync()
    {
        if (_own.Count == 0)
            return;
        var (id, seq) = _own[_random.Next(_own.Count)];
        await ChangeAsync("Edit", new EditMessage(id, Guid.NewGuid(), seq, $"{client.Name}: {_texts++}, edited"));
    }

    private async Task DeleteAsync()
    {
        if (_own.Count == 0)
            return;
        var (id, seq) = _own[_random.Next(_own.Count)];
        await ChangeAsync("Delete", new DeleteMessage(id, Guid.NewGuid(), seq));
    }

    private async Task ChangeAsync(string method, object request)
    {
        await client.ChangeAsync(method, request);
        Count(method);
    }

    /// <summary>What is never acknowledged may be lost: one try.</summary>
    private async Task LookAsync(ConversationId id)
    {
        try
        {
            await client.CallAsync("Typing", new TypingNotice(id));
            await client.CallAsync("Read", new MarkSeq(id, client.Look(id, log => log.Seq)));
        }
        catch (Exception e) when (e is not HubException || Refusals.Code(e) != ErrorCode.Internal.Code)
        {
            // No connection just now.
        }
    }

    private void Count(string kind)
    {
        Done[kind] = Done.GetValueOrDefault(kind) + 1;
        Acknowledged?.Invoke();
    }
}
