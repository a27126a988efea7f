using System.Text.Json;
using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>
/// Read and delivered marks. They are merged here and written together a few times a second: a mark that is lost with a node is sent again by the
/// client's next one, so nothing waits for its commit.
/// </summary>
internal sealed class CursorService(IEventLog log, Access access, Publisher publisher, TimeProvider time, ILogger<CursorService> logger)
    : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    // Guards _marks.
    private readonly Lock _gate = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(1);
    private Dictionary<(ConversationId, Side, OperatorId?, Guid?), CursorMove> _marks = [];

    public async Task<Outcome<Done>> MarkAsync(Call call, MarkSeq request, bool read)
    {
        if (request.Seq < 1)
            return Refusal.Of("seq", FieldFault.OutOfRange);
        var owner = await access.FindAsync(call, request.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        var side = call.Caller.IsOperator ? Side.Operator : Side.Visitor;
        Add(
            new CursorMove(
                owner.Value.Id,
                side,
                call.Caller.IsOperator ? call.Caller.OperatorId : null,
                request.Seq,
                read ? request.Seq : 0
            )
            {
                DeviceId = call.Caller.Device?.Id,
            }
        );
        return default(Done);
    }

    private void Add(CursorMove move)
    {
        var key = (move.ConversationId, move.Side, move.OperatorId, move.DeviceId);
        lock (_gate)
        {
            if (_marks.TryGetValue(key, out var known))
                move = move with
                {
                    DeliveredSeq = Math.Max(move.DeliveredSeq, known.DeliveredSeq),
                    ReadSeq = Math.Max(move.ReadSeq, known.ReadSeq),
                };
            _marks[key] = move;
        }
        _signal.Writer.TryWrite(true);
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _signal.Reader.WaitToReadAsync(stoppingToken))
            {
                _signal.Reader.TryRead(out _);
                await TryAsync(_ => FlushAsync(), stoppingToken);
                await Task.Delay(Pace, Time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The sockets are gone, and what they said last is not lost with the node.
            await FlushAsync();
        }
    }

    // A flush that has begun is finished: its marks are nowhere else any more.
    private async Task FlushAsync()
    {
        Dictionary<(ConversationId, Side, OperatorId?, Guid?), CursorMove> marks;
        lock (_gate)
            (marks, _marks) = (_marks, []);
        if (marks.Count == 0)
            return;
        try
        {
            foreach (var moved in await log.MoveCursorsAsync([.. marks.Values], CancellationToken.None))
                Publish(moved);
        }
        catch (StoreUnavailableException)
        {
            foreach (var move in marks.Values)
                Add(move);
            throw;
        }
    }

    private void Publish(CursorMoved moved)
    {
        var staff = JsonSerializer.SerializeToUtf8Bytes(moved, ChatJson.Wire.CursorMoved);
        var visitor = moved.OperatorId is null
            ? staff
            : JsonSerializer.SerializeToUtf8Bytes(moved with { OperatorId = null }, ChatJson.Wire.CursorMoved);
        publisher.Publish(EnvelopeItem.Push(moved.ConversationId, PushTarget.Cursor, staff, visitor), null);
    }
}
