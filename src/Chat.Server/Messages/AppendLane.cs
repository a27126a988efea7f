using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations.Changes;
using Chat.Server.Delivery;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Messages;

/// <summary>
/// One append pipeline. Takes all that queued while its last call was in flight, no timer; a conversation always uses the same lane of a node, so
/// that its events are delivered here in the order of their commits.
/// </summary>
internal sealed partial class AppendLane(IEventLog log, Publisher publisher, IEventBus bus, TimeProvider time, ILogger<AppendLane> logger)
{
    /// <summary>Items that may wait; one more is refused as unavailable. Some 0.3 s of work at full speed.</summary>
    internal const int Capacity = 4096;

    private const int MaxRows = 256;
    private const int MaxBytes = 1 << 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait before an identical call is made again.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    /// <summary>After this the callers have long given up, and their outboxes will come again.</summary>
    private static readonly TimeSpan GiveUp = TimeSpan.FromMilliseconds(Limits.SendTimeoutMs);

    private readonly Channel<LaneItem> _items = Channel.CreateBounded<LaneItem>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );

    private readonly Deadlines _deadlines = new();

    // Only the loop touches what follows.
    private readonly List<LaneItem> _carried = [];
    private readonly List<LaneItem> _batch = [];
    private readonly List<LaneItem> _alone = [];
    private readonly HashSet<(ConversationId, Guid)> _keys = [];
    private readonly Dictionary<ConversationId, bool> _expecting = [];
    private readonly PublishBatch _publish = new(bus, time);

    /// <summary>False: full, or stopped.</summary>
    public bool TryAdd(LaneItem item)
    {
        item.Deadlines = _deadlines;
        _deadlines.Add(item);
        if (_items.Writer.TryWrite(item))
            return true;
        _deadlines.Remove(item);
        return false;
    }

    /// <summary>Answers callers who have waited long enough.</summary>
    public void Expire() => _deadlines.Expire(time);

    /// <summary>Nothing new is taken; <see cref="RunAsync"/> stores what is queued and ends.</summary>
    public void Complete() => _items.Writer.TryComplete();

    /// <summary>Answers whoever still waits; after the last <see cref="RunAsync"/>.</summary>
    public void End()
    {
        Complete();
        _deadlines.End();
    }

    /// <summary>May be run again after a failure: who was not answered by then is at his deadline.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var writer = log.CreateWriter();
        while (_carried.Count > 0 || await _items.Reader.WaitToReadAsync(stoppingToken))
        {
            Take();
            if (_batch.Count > 0)
                await AppendAsync(writer, _batch, stoppingToken);
            foreach (var item in _alone)
                await ChangeAsync(writer, item, stoppingToken);
        }
    }

    /// <summary>
    /// What goes into the next call. One (conversation, clientId) twice, or a conversation twice when one of the two has an expectedSeq, cannot be in
    /// one batch: the later one is carried over, and all that comes behind it in its conversation.
    /// </summary>
    private void Take()
    {
        _batch.Clear();
        _alone.Clear();
        _keys.Clear();
        _expecting.Clear();
        var bytes = 0;
        var taken = 0;
        var again = _carried.Count;
        for (var i = 0; i < again; i++)
            Place(_carried[i], ref bytes);
        _carried.RemoveRange(0, again);
        while (taken++ < MaxRows && _batch.Count < MaxRows && bytes < MaxBytes && _items.Reader.TryRead(out var item))
        {
            item.Begin();
            Place(item, ref bytes);
        }
    }

    private void Place(LaneItem item, ref int bytes)
    {
        if (time.GetElapsedTime(item.At) > GiveUp)
        {
            item.Refuse(ErrorCode.Unavailable);
            return;
        }
        if (!item.Batches)
        {
            _alone.Add(item);
            return;
        }
        var conversation = item.Message!.ConversationId;
        var expects = item.Message.ExpectedSeq is not null;
        var alreadyThere = _expecting.TryGetValue(conversation, out var othersExpect);
        if ((alreadyThere && (expects || othersExpect)) || !_keys.Add(item.Key))
        {
            _expecting[conversation] = true;
            _carried.Add(item);
            return;
        }
        _expecting[conversation] = expects || othersExpect;
        _batch.Add(item);
        bytes += item.Bytes;
    }

    private async Task AppendAsync(ILogWriter writer, List<LaneItem> items, CancellationToken cancellation)
    {
        Traces.Resume(items.Find(item => item.Trace is { Recorded: true })?.Trace);
        var messages = new MessageAppend[items.Count];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = items[i].Message!;
        // One measurement for a batch and not for a message: each costs as much as the rest of a message's way through the lane.
        ChatMetrics.LaneWait.Record(time.GetElapsedTime(items[0].At).TotalSeconds);
        ChatMetrics.BatchSize.Record(messages.Length);
        try
        {
            var started = time.GetTimestamp();
            var results = await RetryAsync(ct => writer.AppendAsync(messages, ct), cancellation);
            ChatMetrics.AppendDuration.Record(time.GetElapsedTime(started).TotalSeconds);
            Finish(items, results);
        }
        catch (StoreUnavailableException e) when (e is not PartitionMissingException || items.Count == 1)
        {
            Refuse(items, ErrorCode.Unavailable);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (items.Count == 1)
            {
                LogPoison(e, messages[0].ConversationId);
                items[0].Refuse(ErrorCode.Internal);
                return;
            }
            // One item that cannot be stored fails alone: the halves are tried apart.
            var half = items.Count / 2;
            await AppendAsync(writer, [.. items.Take(half)], cancellation);
            await AppendAsync(writer, [.. items.Skip(half)], cancellation);
        }
    }

    private void Finish(List<LaneItem> items, AppendResult[] results)
    {
        var appended = 0;
        _publish.Begin(items[0].At);
        for (var i = 0; i < results.Length; i++)
        {
            var item = items[i];
            var result = results[i];
            Traces.Resume(item.Trace);
            switch (result.Status)
            {
                case AppendStatus.Appended:
                    var stored = Event(item.Message!, result);
                    var encoded = EncodedEvent.Of(result.InboxId, stored);
                    publisher.Publish(encoded, item.Except, _publish);
                    LogStored(result.Seq, stored.ConversationId);
                    item.Complete(new Stored(result.InboxId, false, result.Seq, stored) { Encoded = encoded });
                    appended++;
                    break;
                case AppendStatus.Duplicate:
                    item.Complete(new Stored(result.InboxId, true, result.Seq, null));
                    break;
                case AppendStatus.NeedsRules:
                    item.BecomeChange(MessageChange.Of(item.Message!));
                    _alone.Add(item);
                    break;
                default:
                    item.Refuse(result.Status == AppendStatus.Conflict ? ErrorCode.Conflict : ErrorCode.NotFound);
                    break;
            }
        }
        if (appended == 0)
            return;
        _publish.Send();
        ChatMetrics.Appended.Add(appended);
    }

    private static ChatEvent Event(MessageAppend message, AppendResult result) =>
        new()
        {
            ConversationId = message.ConversationId,
            Epoch = result.Epoch,
            Seq = result.Seq,
            Type = message.Type,
            Audience = Projection.AudienceOf(message.Type),
            Actor = message.Author,
            At = result.At,
            ClientId = message.ClientId,
            Data = new EventData { Body = message.Body, ReplyTo = message.ReplyTo },
        };

    private async Task ChangeAsync(ILogWriter writer, LaneItem item, CancellationToken cancellation)
    {
        Traces.Resume(item.Trace);
        try
        {
            var result = await RetryAsync(ct => writer.ChangeAsync(item.Change!, ct), cancellation);
            if (result.Events.Count > 0)
            {
                publisher.Publish(result.InboxId, result.Events, item.Except, result.Answer?.Seq ?? 0, item.At);
                ChatMetrics.Appended.Add(result.Events.Count);
            }
            if (result.Refusal == ErrorCode.StaleView)
                item.Complete(new Stored(result.InboxId, false, 0, null, result.Missing));
            else if (result.Refusal is { } refusal)
                item.Refuse(refusal, result.Field);
            else
                item.Complete(new Stored(result.InboxId, result.Duplicate, result.Answer?.Seq ?? 0, result.Answer));
        }
        catch (StoreUnavailableException)
        {
            item.Refuse(ErrorCode.Unavailable);
        }
        catch (Exception e) when (LostReference.IsIn(e))
        {
            item.Refuse(ErrorCode.NotFound);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogPoison(e, item.Change!.ConversationId);
            item.Refuse(ErrorCode.Internal);
        }
    }

    /// <summary>
    /// Makes the identical call again while the store is away: whether the lost one was committed is unknown, and the clientIds make the repeat exact.
    /// </summary>
    private async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            try
            {
                return await call(cancellation);
            }
            catch (StoreUnavailableException e) when (e is not PartitionMissingException)
            {
                if (time.GetElapsedTime(started) + pause > GiveUp)
                    throw;
                if (pause == FirstPause)
                    LogRetry(e.Message);
                ChatMetrics.AppendRetries.Add(1);
            }
            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    private static void Refuse(List<LaneItem> items, ErrorCode code)
    {
        foreach (var item in items)
            item.Refuse(code);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Event {Seq} of conversation {ConversationId} is stored")]
    private partial void LogStored(int seq, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of conversation {ConversationId} cannot be stored")]
    private partial void LogPoison(Exception exception, ConversationId conversationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable, the same append is tried again: {Reason}")]
    private partial void LogRetry(string reason);
}
