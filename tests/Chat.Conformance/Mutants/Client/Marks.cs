using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>Tells the other side how far this one has received and read, at most once a second for each conversation, and that it types.</summary>
internal sealed class MarkSender(Model model, Storage storage, Func<ILink?> link)
{
    private static readonly TimeSpan MarksEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TypingEvery = TimeSpan.FromSeconds(3);

    private readonly HashSet<ConversationId> _busy = [];
    private readonly Dictionary<ConversationId, DateTimeOffset> _typedAt = [];

    /// <summary>Somebody can see the chat.</summary>
    public bool IsVisible { get; set; } = true;

    /// <summary>Everything that is held of it has been seen. While nobody can see it, that waits.</summary>
    public void Read(Held held)
    {
        held.WantsRead = !IsVisible && !Mutant.Has(Defect.HiddenReads);
        if (held.WantsRead)
            return;
        held.Own = held.Own.Max(new Marks(0, held.Log.Seq));
        _ = storage.SaveAsync();
        model.Changed.Raise();
        Touch(held);
    }

    /// <summary>After a connection was made, or the chat can be seen again.</summary>
    public void Everywhere()
    {
        foreach (var held in model.All.ToList())
        {
            if (held.WantsRead)
                Read(held);
            else
                Touch(held);
        }
    }

    public void Touch(Held held)
    {
        if (link() is not null && Due(held) is not null && _busy.Add(held.Id))
            _ = SendAsync(held);
    }

    /// <summary>At most every 3 s: it holds for 6.</summary>
    public void Type(ConversationId id)
    {
        var isTooSoon = _typedAt.TryGetValue(id, out var at) && Clock.Now - at < TypingEvery;
        if (link() is not { } current || Mutant.Has(Defect.TypingNotSent) || (isTooSoon && !Mutant.Has(Defect.TypingAtEveryKey)))
            return;
        _typedAt[id] = Clock.Now;
        _ = IgnoreAsync(current.CallAsync<object?>("Typing", new TypingNotice(id)));
    }

    public static async Task IgnoreAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception e) when (e is Refusal or NoAnswer)
        {
            // Of moments only: the next one says it again.
        }
    }

    private async Task SendAsync(Held held)
    {
        while (link() is { } current && Due(held) is var (method, seq))
        {
            try
            {
                await current.CallAsync<object?>(method, new MarkSeq(held.Id, seq));
                held.Told = held.Told.Max(new Marks(seq, method == "Read" ? seq : 0));
            }
            catch (NoAnswer)
            {
                // Over the next link it is said again.
                if (Mutant.Has(Defect.MarksSaidOnce))
                    held.Told = held.Told.Max(new Marks(seq, method == "Read" ? seq : 0));
                break;
            }
            catch (Refusal e) when (!e.IsRetryable)
            {
                break;
            }
            catch (Refusal)
            {
                // After the pause.
            }
            if (!Mutant.Has(Defect.DeliveredTooOften))
                await Task.Delay(MarksEvery);
        }
        _busy.Remove(held.Id);
    }

    private (string Method, int Seq)? Due(Held held)
    {
        if (held.Log.Epoch == 0)
            return null;
        if (held.Own.Read > held.Told.Read && !Mutant.Has(Defect.ReadNotSent))
            return ("Read", held.Own.Read);
        var received = held.Log.Events.LastOrDefault(model.IsOthersMessage)?.Seq ?? 0;
        return received > held.Told.Delivered && !Mutant.Has(Defect.DeliveredNotSent) ? ("Delivered", held.Log.Seq) : null;
    }
}
