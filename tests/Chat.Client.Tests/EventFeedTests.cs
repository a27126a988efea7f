using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

public sealed class EventFeedTests
{
    [Fact]
    public async Task Who_reads_along_gets_the_message_that_a_failover_lost_and_its_sender_sent_again()
    {
        await using var model = new ChatModel(Side.Operator, new MemoryStorage(), TimeProvider.System);
        model.Apply(Pages.After(0, many: 40));
        await using var reader = model.Feed.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = reader.MoveNextAsync().AsTask();
        var page = Pages.After(0, many: 38, epoch: 2) with { Seq = 39, HasMore = false, Reset = true };
        var again = Pages.Message(39, epoch: 2) with { ClientId = Guid.NewGuid() };

        model.Apply(page with { Events = [.. page.Events, again] });

        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(again, reader.Current);
    }
}
