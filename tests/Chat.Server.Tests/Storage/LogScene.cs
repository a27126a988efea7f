using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Storage;

/// <summary>An inbox with a visitor and two operators, and the short words with which tests talk to the log.</summary>
internal sealed class LogScene : IAsyncDisposable
{
    private static CancellationToken None => CancellationToken.None;

    // UUIDs of one millisecond have no order; those of one scene shall be in the order of their making.
    private readonly DateTimeOffset _start = TimeProvider.System.GetUtcNow();
    private int _minted;

    private LogScene(LogStore store)
    {
        Store = store;
        Writer = store.Log.CreateWriter();
        Visitor = new Actor(ActorKind.Visitor, VisitorId.Value, "Vera");
        Anna = new Actor(ActorKind.Operator, Guid.CreateVersion7(), "Anna");
        Bert = new Actor(ActorKind.Operator, Guid.CreateVersion7(), "Bert");
    }

    public LogStore Store { get; }
    public IEventLog Log => Store.Log;
    public ILogWriter Writer { get; }
    public InboxId Inbox { get; } = new(Guid.CreateVersion7());
    public VisitorId VisitorId { get; } = new(Guid.CreateVersion7());
    public Actor Visitor { get; }
    public Actor Anna { get; }
    public Actor Bert { get; }

    public static async Task<LogScene> CreateAsync(LogStore store)
    {
        var scene = new LogScene(store);
        await store.Database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                await connection.ExecuteAsync(
                    "INSERT INTO inbox (id, key, name, created_at) VALUES (@Inbox, @Key, 'Shop', @At)",
                    new
                    {
                        scene.Inbox,
                        Key = scene.Inbox.ToString(),
                        At = DateTimeOffset.UnixEpoch,
                    },
                    transaction
                );
                foreach (var actor in (Actor[])[scene.Anna, scene.Bert])
                    await connection.ExecuteAsync(
                        "INSERT INTO operator (id, email, name, role, created_at) VALUES (@Id, @Email, @Name, 0, @At)",
                        new
                        {
                            actor.Id,
                            Email = $"{actor.Id}@example.org",
                            actor.Name,
                            At = DateTimeOffset.UnixEpoch,
                        },
                        transaction
                    );
                return 0;
            },
            None
        );
        return scene;
    }

    public NewConversation NewConversation(Guid? clientId = null) =>
        new(
            NextId(),
            Inbox,
            VisitorId,
            "Vera",
            clientId ?? Guid.NewGuid(),
            "Where is my parcel?",
            "https://shop.example/orders",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "17" },
            new CallerDevice(Guid.NewGuid(), "Chrome 141", "Windows", "en")
        );

    private ConversationId NextId() => new(Guid.CreateVersion7(_start.AddMilliseconds(Interlocked.Increment(ref _minted))));

    /// <summary>Opens a conversation; its head is 1.</summary>
    public async Task<ConversationId> OpenAsync() => (await Log.OpenAsync(NewConversation(), None))!.Page.Conversation.Id;

    /// <summary>Another visitor opens one.</summary>
    public async Task<ConversationId> OpenAsync(VisitorId visitor) =>
        (await Log.OpenAsync(NewConversation() with { VisitorId = visitor }, None))!.Page.Conversation.Id;

    /// <summary>Moves a time of a conversation, such as <c>waiting_since</c>, away from the scene's beginning.</summary>
    public Task SetTimeAsync(ConversationId id, string column, TimeSpan offset) =>
        Store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    $"UPDATE conversation SET {column} = @at WHERE id = @id",
                    new { id, at = _start + offset },
                    transaction
                ),
            None
        );

    /// <summary>Events of one type from the head to there, straight into the table.</summary>
    public Task FillAsync(ConversationId id, EventType type, int last) =>
        Store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    """
                    WITH RECURSIVE n (seq) AS (
                        SELECT last_seq + 1 FROM conversation WHERE id = @id UNION ALL SELECT seq + 1 FROM n WHERE seq < @last
                    )
                    INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind)
                    SELECT c.id, n.seq, @type, 0, c.last_at, 1 FROM n JOIN conversation AS c ON c.id = @id;
                    UPDATE conversation SET last_seq = @last WHERE id = @id
                    """,
                    new
                    {
                        id,
                        type = (int)type,
                        last,
                    },
                    transaction
                ),
            None
        );

    public static MessageAppend Message(
        ConversationId conversation,
        Actor author,
        string body = "hello",
        EventType type = EventType.Message,
        Guid? clientId = null,
        int? replyTo = null,
        int? expectedSeq = null
    )
    {
        var id = clientId ?? Guid.NewGuid();
        return new MessageAppend(
            conversation,
            id,
            type,
            author,
            body,
            replyTo,
            expectedSeq,
            Fingerprint.Of(conversation, id, author, type, body, replyTo)
        );
    }

    public Task<AppendResult[]> AppendAsync(params MessageAppend[] batch) => Writer.AppendAsync(batch, None);

    public async Task<AppendResult> AppendOneAsync(MessageAppend item) => (await AppendAsync(item))[0];

    public Task<ChangeResult> ChangeAsync(ConversationChange change) => Writer.ChangeAsync(change, None);

    /// <summary>The newest page, staff's view.</summary>
    public async Task<ConversationPage> PageAsync(ConversationId id, int limit = 1_000) =>
        (await Log.ReadPagesAsync([new Cursor(id, 0, 0)], limit, None))[0];

    public async Task<InboxRow> RowAsync(ConversationId id) => (await Log.ReadRowsAsync([id], None))[0].Row;

    public async Task<ChatEvent> EventAsync(ConversationId id, int seq) =>
        (await Log.ReadHistoryAsync(id, null, seq - 1, 1, None)).Events[0];

    public Topics Topics() =>
        new(new HoleFetcher(Log, TimeProvider.System, NullLogger<HoleFetcher>.Instance), TimeProvider.System, NullLogger<Topics>.Instance);

    public Publisher Publisher(IEventBus bus, Topics? topics = null) =>
        new(
            topics ?? Topics(),
            new InboxWatch(Log, TimeProvider.System, NullLogger<InboxWatch>.Instance),
            bus,
            new PushCollector(bus, TimeProvider.System),
            TimeProvider.System
        );

    public AppendLanes Lanes(Topics? topics = null)
    {
        var bus = new InProcessBus(new InProcessNetwork(), NullLogger<InProcessBus>.Instance);
        return new AppendLanes(
            Log,
            Publisher(bus, topics),
            bus,
            new LaneServices(Options.Create(new LaneOptions()), TimeProvider.System, NullLogger<AppendLane>.Instance)
        );
    }

    public ValueTask DisposeAsync() => Writer.DisposeAsync();
}
