using System.Text;
using Chat.Contracts;
using Chat.Server.Hubs;
using Chat.Server.Identity;

namespace Chat.Server.Networks;

/// <summary>
/// What anonymous visitors open and store. Texts are stored on the visitor's own allowance first, which no other visitor can spend, and then on what their
/// network has left. Identified visitors and staff have the rates of their own only.
/// </summary>
internal sealed class VisitorStores(NetworkBudgets networks, UserBudgets users)
{
    /// <summary>What a stored change costs besides its texts, roughly.</summary>
    private const int ChangeBytes = 100;

    /// <summary>Room for a new conversation, or the refusal.</summary>
    public Outcome<Taken> TakeOpening(Caller caller, OpenConversation opening)
    {
        if (caller.Network is not { } network)
            return default(Taken);
        if (!networks.TryTake(NetworkBudget.Conversations, network, 1, out var retryAfter))
            return Refuse(NetworkBudget.Conversations, retryAfter);
        var fields = opening.Fields?.Sum(field => Length(field.Key) + Length(field.Value)) ?? 0;
        var texts = Take(caller, network, Length(opening.Topic) + Length(opening.Page) + fields);
        if (!texts.IsRefused)
            return texts.Value with { Openings = 1 };
        networks.Return(NetworkBudget.Conversations, network, 1);
        return texts;
    }

    /// <summary>Room for a change with a text, or the refusal.</summary>
    public Outcome<Taken> Take(Caller caller, string? text) =>
        caller.Network is { } network ? Take(caller, network, Length(text)) : default(Taken);

    /// <summary>Waits for the change; what was not stored has cost nothing.</summary>
    public Task<Outcome<SendResult>> SettleAsync(Taken taken, Task<Outcome<SendResult>> storing) =>
        taken.Caller is null ? storing : WaitAsync(taken, storing);

    /// <summary>Nothing was stored.</summary>
    public void Return(Taken taken)
    {
        if (taken.Caller?.Network is not { } network)
            return;
        if (taken.Openings > 0)
            networks.Return(NetworkBudget.Conversations, network, taken.Openings);
        if (taken.IsOwn)
            users.ReturnBytes(taken.Caller, taken.Bytes);
        else
            networks.Return(NetworkBudget.Bytes, network, taken.Bytes);
    }

    private async Task<Outcome<SendResult>> WaitAsync(Taken taken, Task<Outcome<SendResult>> storing)
    {
        var isStored = false;
        try
        {
            var outcome = await storing;
            isStored = outcome is { IsRefused: false, Value.Status: ResultStatus.Ok };
            return outcome;
        }
        finally
        {
            if (!isStored)
                Return(taken);
        }
    }

    private Outcome<Taken> Take(Caller caller, Network network, int textBytes)
    {
        var bytes = textBytes + ChangeBytes;
        if (users.TakeBytes(caller, bytes))
            return new Taken(caller, bytes, IsOwn: true);
        return networks.TryTake(NetworkBudget.Bytes, network, bytes, out var retryAfter)
            ? new Taken(caller, bytes, IsOwn: false)
            : Refuse(NetworkBudget.Bytes, retryAfter);
    }

    private static Refusal Refuse(NetworkBudget budget, TimeSpan retryAfter)
    {
        NetworkBudgets.Refused(budget);
        return new Refusal(ErrorCode.RateLimited, RetryAfter: retryAfter);
    }

    private static int Length(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    /// <summary>What is taken of the budgets until it is known whether it was stored. The default value: nothing, of nobody.</summary>
    /// <param name="Caller">Whose.</param>
    /// <param name="Bytes">Of the visitor's own allowance or of the network.</param>
    /// <param name="IsOwn">Which of the two.</param>
    /// <param name="Openings">Of the network.</param>
    internal readonly record struct Taken(Caller? Caller, int Bytes, bool IsOwn, int Openings = 0);
}
