using Chat.Contracts;
using Chat.Testing.Clients;
using CsCheck;

namespace Chat.Server.Tests.Clients;

/// <summary>Client rule 1: whatever frames are lost, doubled or out of order, the client ends with the stored log.</summary>
public sealed class ClientRulesTests
{
    private static readonly ConversationId Id = new(Guid.CreateVersion7());

    private static readonly Conversation Conversation = new()
    {
        Id = Id,
        InboxId = new InboxId(Guid.CreateVersion7()),
        Visitor = new VisitorFace(new VisitorId(Guid.CreateVersion7()), null, false),
        Status = ConversationStatus.Open,
        OpenedAt = DateTimeOffset.UnixEpoch,
        LastAt = DateTimeOffset.UnixEpoch,
    };

    // A step of the world: the server stores, a frame arrives (any stored one, so lost, late and doubled ones too), or the client syncs.
    private static readonly Gen<(int Kind, int Number)> Step = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_000_000]);

    [Fact]
    public void Any_interleaving_of_frames_and_syncs_ends_in_the_stored_log()
    {
        Step.Array[0, 200]
            .Sample(steps =>
            {
                var server = new StoredLog();
                var client = new ClientLog(Id);
                server.Append(0);
                client.Apply(server.Page(client.Cursor));
                foreach (var (kind, number) in steps)
                    Run(server, client, kind, number);
                Sync(server, client);

                Assert.Equal(server.Epoch, client.Epoch);
                Assert.Equal(Enumerable.Range(client.First, server.Head - client.First + 1), client.Applied);
                Assert.Equal(server.AsItStands().Skip(client.First - 1), client.Events);
            });
    }

    private static void Run(StoredLog server, ClientLog client, int kind, int number)
    {
        switch (kind)
        {
            case <= 4:
                server.Append(number);
                break;
            case <= 7:
                client.Apply(server.Pushed[number % server.Pushed.Count]);
                break;
            case 8:
                Sync(server, client);
                break;
            default:
                if (number % 10 == 0)
                    server.RaiseEpoch();
                break;
        }
    }

    private static void Sync(StoredLog server, ClientLog client)
    {
        for (var more = true; more; )
        {
            var page = server.Page(client.Cursor);
            client.Apply(page);
            more = page is { HasMore: true, Reset: false } && client.Seq < server.Head;
        }
    }

    /// <summary>A log as the server keeps it: pushes as they were sent, reads as the messages stand now.</summary>
    private sealed class StoredLog
    {
        private const int PageSize = 7;

        private readonly List<ChatEvent> _events = [];

        public List<ChatEvent> Pushed { get; } = [];

        public int Epoch { get; private set; } = 1;

        public int Head => _events.Count;

        public void RaiseEpoch() => Epoch++;

        public IEnumerable<ChatEvent> AsItStands() => _events.Select(e => e with { Epoch = Epoch });

        public void Append(int number)
        {
            var seq = Head + 1;
            var target = number % 3 == 0 && Head > 0 ? _events[number % Head] : null;
            var editable = target is { Type: EventType.Message, Data.DeletedSeq: null };
            var e = (editable, number % 2) switch
            {
                (true, 0) => New(seq, EventType.Edited, new EventData { TargetSeq = target!.Seq, Body = $"edit {seq}" }),
                (true, _) => New(seq, EventType.Deleted, new EventData { TargetSeq = target!.Seq }),
                _ => New(seq, EventType.Message, new EventData { Body = $"text {seq}" }),
            };
            if (e.Type == EventType.Edited)
                Change(target!.Seq, data => data with { Body = e.Data!.Body, EditedSeq = seq });
            if (e.Type == EventType.Deleted)
                Erase(target!.Seq, seq);
            _events.Add(e);
            Pushed.Add(e);
        }

        /// <summary>As IEventLog.ReadPagesAsync says.</summary>
        public ConversationPage Page(Cursor cursor)
        {
            var reset = cursor.Seq > 0 && (cursor.Epoch != Epoch || cursor.Seq > Head);
            var newest = reset || cursor.Seq == 0;
            var after = newest ? Math.Max(0, Head - PageSize) : cursor.Seq;
            var events = AsItStands().Skip(after).Take(PageSize).ToList();
            return new ConversationPage
            {
                Conversation = Conversation,
                Epoch = Epoch,
                Events = events,
                Seq = Head,
                HasMore = newest ? after > 0 : after + events.Count < Head,
                Reset = reset,
                Cursors = [],
            };
        }

        private ChatEvent New(int seq, EventType type, EventData data) =>
            new()
            {
                ConversationId = Id,
                Epoch = Epoch,
                Seq = seq,
                Type = type,
                Data = data,
            };

        private void Change(int seq, Func<EventData, EventData> change) =>
            _events[seq - 1] = _events[seq - 1] with { Data = change(_events[seq - 1].Data!) };

        private void Erase(int target, int by)
        {
            Change(target, data => data with { Body = null, DeletedSeq = by });
            foreach (var edit in _events.Where(e => e.Type == EventType.Edited && e.Data!.TargetSeq == target).ToList())
                Change(edit.Seq, data => data with { Body = null, DeletedSeq = by });
        }
    }
}
