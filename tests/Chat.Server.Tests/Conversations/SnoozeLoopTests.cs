using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Conversations;

public sealed class SnoozeLoopTests(SqliteLogStore store) : IClassFixture<SqliteLogStore>
{
    [Fact]
    public async Task All_that_were_snoozed_until_the_same_morning_wake_in_one_round()
    {
        const int many = 250;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var scene = await LogScene.CreateAsync(store);
        using var lanes = scene.Lanes();
        // Past when the loop looks, by its own clock and by the database's.
        var morning = TimeProvider.System.GetUtcNow().AddMilliseconds(1);
        var ids = new List<ConversationId>();
        for (var i = 0; i < many; i++)
        {
            ids.Add(await scene.OpenAsync());
            await scene.ChangeAsync(
                SetStatusChange.Of(ids[i], Guid.NewGuid(), scene.Anna, ConversationStatus.Snoozed, morning, null, fromAnyone: true)
            );
        }
        var time = new FakeTimeProvider(morning);
        using var loop = new SnoozeLoop(scene.Log, lanes, time, NullLogger<SnoozeLoop>.Instance);
        await loop.StartAsync(CancellationToken.None);

        // Its timer is there a little later. Once the first have woken no time goes by any more.
        while (await CountDueAsync() == many)
            time.Advance(TimeSpan.FromSeconds(5));
        while (await CountDueAsync() > 0)
            await Task.Yield();
        await loop.StopAsync(CancellationToken.None);
        foreach (var id in ids)
            Assert.NotEqual(ConversationStatus.Snoozed, (await scene.RowAsync(id)).Status);
        await scene.DisposeAsync();

        async Task<int> CountDueAsync() => (await store.Log.ReadDueAsync(TimeProvider.System.GetUtcNow(), many, deadline.Token)).Count;
    }
}
