using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>A change that waits for the server's word. <see cref="Method"/> is the method of the hub that makes it.</summary>
internal sealed record OutboxItem(ConversationId Conversation, string Method)
{
    public const string Sending = "sending";
    public const string Failed = "failed";

    /// <summary>Others wrote meanwhile: somebody has to look first.</summary>
    public const string Stale = "held";

    /// <summary>Made once and kept across retries, restarts and nodes.</summary>
    public Guid ClientId { get; init; } = Guid.NewGuid();

    public string State { get; init; } = Sending;

    public string? Error { get; init; }

    public string? Body { get; init; }

    public int? Seq { get; init; }

    public int? ExpectedSeq { get; init; }

    public IReadOnlyList<ChatEvent> Missing { get; init; } = [];

    /// <summary>Its message, for a change of a message.</summary>
    public int? Target => Method is "Edit" or "Delete" ? Seq : null;

    public object ToRequest() =>
        Method switch
        {
            "OpenConversation" => new OpenConversation(Mutant.Has(Defect.OpenedTwice) ? Guid.NewGuid() : ClientId),
            "Send" => new SendMessage(
                Conversation,
                Mutant.Has(Defect.SentTwice) ? Guid.NewGuid() : ClientId,
                Body!,
                ExpectedSeq: ExpectedSeqSent
            ),
            "Edit" => new EditMessage(Conversation, ClientId, Seq!.Value, Body!),
            "Delete" => new DeleteMessage(Conversation, ClientId, Seq!.Value),
            _ => new ConversationCommand(Conversation, ClientId),
        };

    private int? ExpectedSeqSent => Mutant.Has(Defect.ExpectedSeqNotSent) ? null : ExpectedSeq;
}

/// <summary>Sends changes: in order for each conversation, one in flight. What gets no answer stays, and goes again over the next link.</summary>
internal sealed class Outbox(Model model, Storage storage, Func<ILink?> link)
{
    private readonly HashSet<Guid> _unstored = [];
    private readonly HashSet<ConversationId> _busy = [];

    /// <summary>Takes what the server has stored.</summary>
    public required Action<ChatEvent> Apply { get; init; }

    public required Action<ConversationPage> ApplyPage { get; init; }

    /// <summary>Takes changes. When it returns they are on the disk: from now on they are sent, whatever happens to this process.</summary>
    public async Task AddAsync(params OutboxItem[] items)
    {
        if (items[0].Target is not null && Mutant.Has(items[0].Method == "Edit" ? Defect.EditsNotSent : Defect.DeletionsNotSent))
            return;
        if (items[0].Method == "Close" && Mutant.Has(Defect.CloseNotSent))
            return;
        model.Items.AddRange(items);
        foreach (var item in items)
        {
            _unstored.Add(item.ClientId);
            model.Made.Add(item.ClientId);
        }
        model.Changed.Raise();
        try
        {
            var stored = storage.SaveAsync();
            if (!Mutant.Has(Defect.PromisesBeforeStored))
                await stored;
        }
        catch (Exception) when (!Mutant.Has(Defect.PromisesOnFullDisk))
        {
            model.Items.RemoveAll(item => items.Any(taken => taken.ClientId == item.ClientId));
            model.Changed.Raise();
            throw;
        }
        catch (Exception)
        {
            // A promise that nothing stands behind.
        }
        finally
        {
            _unstored.ExceptWith(items.Select(item => item.ClientId));
            Wake();
        }
    }

    /// <summary>Sends what can be sent.</summary>
    public void Wake()
    {
        foreach (var id in Sendable().Select(item => item.Conversation).Distinct().ToList())
        {
            if (link() is not null && _busy.Add(id))
                _ = PumpAsync(id);
        }
    }

    /// <summary>Sends a failed or held change once more, under the same key.</summary>
    public void Retry(ConversationId id, string key, int? expectedSeq = null)
    {
        foreach (var item in Mutant.Has(Defect.RetryDoesNothing) ? [] : Resting(id, key))
            Replace(item with { State = OutboxItem.Sending, Error = null, Missing = [], ExpectedSeq = expectedSeq ?? item.ExpectedSeq });
        // With a conversation that could not be opened failed all that was to be said in it.
        foreach (var opening in model.Items.Where(item => item.Method == "OpenConversation" && item.Conversation == id).ToList())
            Replace(opening with { State = OutboxItem.Sending, Error = null });
        Wake();
    }

    public void Discard(ConversationId id, string key)
    {
        foreach (var item in Mutant.Has(Defect.DiscardDoesNothing) ? [] : Resting(id, key))
            Remove(item);
    }

    private IEnumerable<OutboxItem> Sendable()
    {
        var first = model.Items.Where(item => item.State == OutboxItem.Sending);
        if (Mutant.Has(Defect.LastInFirstOut))
            first = first.Reverse();
        // An opening goes before all that is to be said in it.
        return first
            .OrderBy(item => item.Method != "OpenConversation")
            .DistinctBy(item => item.Conversation)
            .Where(item => item.State == OutboxItem.Sending && !_unstored.Contains(item.ClientId));
    }

    private async Task PumpAsync(ConversationId id)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(15));
        while (link() is { } current && Sendable().FirstOrDefault(item => item.Conversation == id) is { } item)
        {
            try
            {
                await SendAsync(current, item);
                backoff.Reset();
            }
            catch (Refusal e) when (e.Code == ErrorCode.Unauthenticated.Code)
            {
                // The token is over; the change is as good as it was.
                current.Close(DisconnectReason.Expired.Code);
            }
            catch (Refusal e) when (e.IsRetryable)
            {
                await Task.Delay(e.RetryAfter ?? backoff.Next());
            }
            catch (Refusal e)
            {
                Refuse(item, e.Code);
            }
            catch (NoAnswer)
            {
                if (Mutant.Has(Defect.UnansweredIsForgotten))
                    model.Items.RemoveAll(other => other.Conversation == item.Conversation);
            }
        }
        _busy.Remove(id);
        // What goes on under the server's id, or over a link that has come meanwhile.
        Wake();
    }

    private async Task SendAsync(ILink current, OutboxItem item)
    {
        if (item.Method == "OpenConversation")
        {
            var opened = await current.CallAsync<OpenResult>(item.Method, item.ToRequest());
            Remove(item);
            model.Rename(item.Conversation, opened.Page.Conversation.Id);
            ApplyPage(opened.Page);
            return;
        }
        var result = await current.CallAsync<SendResult>(item.Method, item.ToRequest());
        if (result.Status == ResultStatus.StaleView && !Mutant.Has(Defect.StaleTakenForSent))
            Hold(item, result.Missing ?? []);
        else if (result.Status == ResultStatus.Duplicate && Mutant.Has(Defect.DuplicateIsAFailure))
            Refuse(item, "conflict");
        else
            Acknowledge(item, result.Event);
    }

    private void Acknowledge(OutboxItem item, ChatEvent? stored)
    {
        Remove(item);
        if (stored is null)
            return;
        if (Mutant.Has(Defect.TypedTextShown) && item.Body is not null && stored.Data is { DeletedSeq: null } data)
            stored = stored with { Data = data with { Body = item.Body } };
        // There is no echo: this is the only time that this connection hears of it.
        Apply(stored);
    }

    private void Hold(OutboxItem item, IReadOnlyList<ChatEvent> missing)
    {
        Replace(item with { State = OutboxItem.Stale, Missing = Mutant.Has(Defect.MissingNotShown) ? [] : missing });
        foreach (var e in missing)
            Apply(e);
        if (Mutant.Has(Defect.StaleSendsByItself))
            Retry(item.Conversation, $"{item.ClientId}", missing is [.., var last] ? last.Seq : null);
    }

    /// <summary>The server will never take it. What was written stays, with the reason, until somebody decides.</summary>
    private void Refuse(OutboxItem item, string code)
    {
        var isOpening = item.Method == "OpenConversation";
        // Of an opening it says one thing only, which is not that of other changes.
        var error = isOpening && code == ErrorCode.Conflict.Code ? "too_many_open" : code;
        foreach (var one in isOpening ? model.Items.Where(other => other.Conversation == item.Conversation).ToList() : [item])
        {
            var stays = isOpening || one.Method == "Send" || one.Target is not null;
            if (stays && !Mutant.Has(Defect.RefusedVanishes))
                Replace(one with { State = OutboxItem.Failed, Error = error });
            else
                Remove(one);
        }
    }

    // By its own key, or by that of the message that it was to change.
    private List<OutboxItem> Resting(ConversationId id, string key)
    {
        var conversation = model.Resolve(id);
        var target = model.Find(id)?.Log.Events.FirstOrDefault(e => key == (e.ClientId?.ToString() ?? $"seq:{e.Seq}"))?.Seq;
        return
        [
            .. model.Items.Where(item =>
                item.Conversation == conversation
                && item.State is OutboxItem.Failed or OutboxItem.Stale
                && ($"{item.ClientId}" == key || (target is not null && item.Target == target))
            ),
        ];
    }

    private void Replace(OutboxItem item)
    {
        if (model.Items.FindIndex(other => other.ClientId == item.ClientId) is >= 0 and var at)
            model.Items[at] = item;
        Store();
    }

    private void Remove(OutboxItem item)
    {
        model.Items.RemoveAll(other => other.ClientId == item.ClientId);
        Store();
    }

    private void Store()
    {
        _ = storage.SaveAsync();
        model.Changed.Raise();
    }
}
