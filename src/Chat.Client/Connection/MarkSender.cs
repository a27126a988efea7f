using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>Tells the other side how far this one has received and read, at most once a second for each conversation.</summary>
internal sealed partial class MarkSender(ChatModel model, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Guarded by the gate: conversations that a task looks after.
    private readonly HashSet<ConversationId> _busy = [];
    private volatile bool _isShown = true;
    private volatile bool _isInForeground = true;

    public required Func<ILink?> Link { get; init; }

    /// <summary>Whether the app shows the conversations.</summary>
    public bool IsShown
    {
        get => _isShown;
        set
        {
            _isShown = value;
            ReadWhatWaits();
        }
    }

    /// <summary>Whether the app itself can be seen.</summary>
    public bool IsInForeground
    {
        get => _isInForeground;
        set
        {
            _isInForeground = value;
            ReadWhatWaits();
        }
    }

    /// <summary>While nobody sees the conversations, reading waits.</summary>
    private bool IsSeen => _isShown && _isInForeground;

    /// <summary>What is held of it has been seen.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="upTo">Only as far as this; null: everything.</param>
    /// <param name="epoch">Of the log that was seen; null: of the one that is held.</param>
    public void Read(ConversationId id, int? upTo = null, int? epoch = null)
    {
        model.Update(
            id,
            held =>
            {
                if (epoch is { } known && known != held.Log.Epoch)
                    return;
                var seen = Math.Max(held.WantsRead, Math.Min(upTo ?? int.MaxValue, held.Log.Seq));
                var isSeen = IsSeen;
                held.WantsRead = isSeen ? 0 : seen;
                if (isSeen)
                    held.Own = new Marks(held.Own.DeliveredSeq, Math.Max(held.Own.ReadSeq, seen));
            }
        );
        Touch(id);
    }

    /// <summary>After a connection was made: what an earlier one could not say.</summary>
    public void Everywhere()
    {
        foreach (var (id, _, _) in model.Cursors())
        {
            // Not what came since: nobody has seen that.
            if (IsSeen && model.Look(id, held => held?.WantsRead) is > 0 and var upTo)
                Read(id, upTo);
            else
                Touch(id);
        }
        Left().ForEach(Touch);
    }

    public void Touch(ConversationId id)
    {
        lock (_gate)
        {
            if (Link() is null || !_busy.Add(id))
                return;
        }
        _ = Task.Run(() => SendAllAsync(id));
    }

    private void ReadWhatWaits()
    {
        if (IsSeen)
            Everywhere();
    }

    private async Task SendAllAsync(ConversationId id)
    {
        var hasFailed = false;
        try
        {
            while (Link() is { } link && Due(id) is var (method, mark, epoch))
            {
                await link.AskAsync<object?>(method, mark, time, CancellationToken.None);
                Told(id, method, mark.Seq, epoch);
                await Task.Delay(Between, time);
            }
        }
        catch (Exception e)
        {
            // Said again with the next event or on the next connection.
            LogFailed(e);
            hasFailed = true;
        }
        finally
        {
            lock (_gate)
                _busy.Remove(id);
        }
        // What moved between the last look and here.
        if (!hasFailed && Due(id) is not null)
            Touch(id);
    }

    /// <summary>What is to be told next of a conversation.</summary>
    public (string Method, MarkSeq Mark, int Epoch)? Due(ConversationId id) =>
        model.Look(
            id,
            held =>
            {
                if (held is null)
                    return model.Left.Find(id) is { } left && !MustWait(id) ? (nameof(IChatHub.Read), new MarkSeq(id, left), 0) : null;
                var epoch = held.Log.Epoch;
                if (epoch == 0)
                    return ((string, MarkSeq, int)?)null;
                if (held.Own.ReadSeq > held.Told.ReadSeq && !MustWait(id))
                    return (nameof(IChatHub.Read), new MarkSeq(held.Id, held.Own.ReadSeq), epoch);
                var received = held.Log.Events.LastOrDefault(model.Perspective.IsOthersMessage)?.Seq ?? 0;
                return received > held.Told.DeliveredSeq ? (nameof(IChatHub.Delivered), new MarkSeq(held.Id, received), epoch) : null;
            }
        );

    private List<ConversationId> Left()
    {
        lock (model.Gate)
            return [.. model.Left.All];
    }

    // An answer is there before what it answers counts as read: whoever dies in between finds it unread.
    private bool MustWait(ConversationId id) => model.Perspective.Side == Side.Operator && model.Outbox.HasUnstored(id);

    // Of a log that has come in the meantime it says nothing.
    private void Told(ConversationId id, string method, int seq, int epoch)
    {
        var read = method == nameof(IChatHub.Read) ? seq : 0;
        lock (model.Gate)
        {
            if (model.Find(id) is { } held && held.Log.Epoch == epoch)
                model.Update(id, told => told.MoveOwn(new Marks(seq, read)));
            model.Left.Forget(id, read);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A mark was not sent")]
    private partial void LogFailed(Exception exception);
}
