using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Conversations;

public sealed class CursorServiceTests(SqliteLogStore store) : IClassFixture<SqliteLogStore>
{
    [Fact]
    public async Task Marks_that_wait_for_their_turn_are_written_when_the_node_stops()
    {
        var scene = await LogScene.CreateAsync(store);
        await using var _ = scene;
        var id = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(id, scene.Anna));
        using var directory = new InboxDirectory(
            new InboxStore(store.Database, TimeProvider.System),
            new OperatorStore(store.Database, TimeProvider.System),
            new TeamStore(store.Database),
            TimeProvider.System
        );
        using var service = new CursorService(
            scene.Log,
            new Access(scene.Log, directory),
            scene.Publisher(new InProcessBus(new InProcessNetwork(), NullLogger<InProcessBus>.Instance)),
            new FakeTimeProvider(),
            NullLogger<CursorService>.Instance
        );
        await service.StartAsync(CancellationToken.None);

        // The first goes out at once, and the clock, which decides about the second, stands still.
        await MarkAsync(service, scene, id, 1);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await ReadSeqAsync(scene, id)) == 0)
            deadline.Token.ThrowIfCancellationRequested();
        await MarkAsync(service, scene, id, 2);
        await service.StopAsync(CancellationToken.None);

        Assert.Equal(2, await ReadSeqAsync(scene, id));
    }

    private static async Task MarkAsync(CursorService service, LogScene scene, ConversationId id, int seq)
    {
        var caller = new Caller(ActorKind.Visitor, scene.VisitorId.Value, "Vera", default, scene.Inbox, DateTimeOffset.MaxValue);
        Assert.False((await service.MarkAsync(new Call(caller, null, CancellationToken.None), new MarkSeq(id, seq), read: true)).IsRefused);
    }

    private static async Task<int> ReadSeqAsync(LogScene scene, ConversationId id) =>
        (await scene.PageAsync(id)).Cursors.Where(cursor => cursor.Side == Side.Visitor).Select(cursor => cursor.ReadSeq).SingleOrDefault();
}
