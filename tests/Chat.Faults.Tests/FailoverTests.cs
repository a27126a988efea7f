using Chat.Testing.Services;

namespace Chat.Faults.Tests;

public sealed class FailoverTests
{
    [Fact]
    public async Task A_promotion_that_lost_the_tail_raises_the_epoch_and_every_client_holds_what_is_left()
    {
        await using var redis = await RedisService.StartOwnAsync();
        await using var scene = await FaultScene.StartAsync(redis.Configuration);
        var pair = await scene.AddPairAsync("failed over");
        await pair.PingAsync();
        await scene.Postgres.TakeBaseBackupAsync();
        var kept = (await scene.ReadLogAsync()).Heads[pair.Id];
        for (var i = 0; i < 5; i++)
            await pair.PingAsync();
        var lost = pair.Visitor.Log(pair.Id).Seq;

        await scene.Postgres.FailOverToBackupAsync();
        // Its seq was given out before, to a message that no longer exists.
        pair.Visitor.Patience = TimeSpan.FromSeconds(60);
        var first = await pair.Visitor.SendAsync(pair.Id, "After the failover");

        Assert.Equal(kept + 1, first.Event!.Seq);
        Assert.InRange(first.Event.Seq, 1, lost);
        Assert.Equal(2, first.Event.Epoch);
        await scene.VerifyAsync(commitsWereLost: true);
    }
}
