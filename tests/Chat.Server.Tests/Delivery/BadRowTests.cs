using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Storage;
using Chat.Server.Tests.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Delivery;

public sealed class BadRowTests(SqliteLogStore store) : IClassFixture<SqliteLogStore>
{
    [Fact]
    public async Task A_row_that_cannot_be_read_keeps_no_other_from_being_pushed()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var ids = new List<ConversationId>();
        for (var i = 0; i < 9; i++)
            ids.Add(await scene.OpenAsync());
        var bad = ids[4];
        await store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync("UPDATE conversation SET tags = '?' WHERE id = @bad", new { bad }, transaction),
            CancellationToken.None
        );
        var socket = new RecordingConnection(TimeProvider.System);
        using var watch = new InboxWatch(store.Log, TimeProvider.System, NullLogger<InboxWatch>.Instance);
        watch.Follow(socket.Client, [scene.Inbox]);
        await watch.StartAsync(CancellationToken.None);

        await PushAllAsync(1);
        foreach (var id in ids)
            await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        await PushAllAsync(2);

        await watch.StopAsync(CancellationToken.None);

        async Task PushAllAsync(int seq)
        {
            foreach (var id in ids)
                watch.Touch(scene.Inbox, id);
            var missing = ids.Where(id => id != bad).ToHashSet();
            await socket.ReadUntilAsync(
                (target, change) =>
                {
                    var row = change.GetProperty("row");
                    if (target == Push.Inbox && row.GetProperty("seq").GetInt32() == seq)
                        missing.Remove(new ConversationId(row.GetProperty("conversationId").GetGuid()));
                    return missing.Count == 0;
                }
            );
            Assert.Empty(missing);
        }
    }
}
