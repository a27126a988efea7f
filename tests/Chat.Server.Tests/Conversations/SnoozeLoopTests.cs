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
        var scene = await LogScene.CreateAsync(store);
        using var lanes = scene.Lanes();
        var morning = TimeProvider.System.GetUtcNow().AddHours(8);
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

        time.Advance(TimeSpan.FromSeconds(5));

        while ((await store.Log.ReadDueAsync(morning, many, CancellationToken.None)).Count > 0)
            await Task.Yield();
        await loop.StopAsync(CancellationToken.None);
        foreach (var id in ids)
            Assert.NotEqual(ConversationStatus.Snoozed, (await scene.RowAsync(id)).Status);
        await scene.DisposeAsync();
    }
}
