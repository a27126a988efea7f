using System.Threading.Channels;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Storage;

/// <summary>Many askers, few reads, and nobody is answered by a read that began before he asked.</summary>
public sealed class SharedReadTests
{
    private readonly Channel<Read> _begun = Channel.CreateUnbounded<Read>();
    private readonly SharedRead<int, int> _shared;

    public SharedReadTests() => _shared = new SharedRead<int, int>(ReadAsync, ask => ask, capacity: 10);

    [Fact]
    public async Task Who_asks_while_two_reads_are_under_way_is_answered_by_the_next_together_with_the_others()
    {
        var (first, firstRead) = await AskAloneAsync(1);
        var (second, secondRead) = await AskAloneAsync(2);
        Task<int>[] waiting = [AskAsync(3), AskAsync(1), AskAsync(4)];
        Assert.False(_begun.Reader.TryPeek(out _));

        firstRead.Answer();
        var third = await NextAsync();

        Assert.Equal("3, 1, 4", third.Asks);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        third.Answer();
        Assert.Equal("30, 10, 40", string.Join(", ", await Task.WhenAll(waiting)));
        Assert.Equal(10, await first);
        Assert.False(second.IsCompleted);
        secondRead.Answer();
        Assert.Equal(20, await second);
    }

    [Fact]
    public async Task A_read_takes_no_more_than_its_capacity_and_a_heavier_ask_alone()
    {
        var (_, read) = await AskAloneAsync(1);
        await AskAloneAsync(1);
        _ = (AskAsync(6), AskAsync(4), AskAsync(1), AskAsync(99), AskAsync(2));

        foreach (var expected in new[] { "6, 4", "1", "99", "2" })
        {
            read.Answer();
            read = await NextAsync();
            Assert.Equal(expected, read.Asks);
        }
    }

    [Fact]
    public async Task A_read_that_fails_fails_for_those_who_share_it_and_for_nobody_else()
    {
        var (first, firstRead) = await AskAloneAsync(1);
        var (second, secondRead) = await AskAloneAsync(2);
        var third = AskAsync(3);

        firstRead.Fail(new StoreUnavailableException("away"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => first);
        (await NextAsync()).Answer();
        secondRead.Answer();

        Assert.Equal(20, await second);
        Assert.Equal(30, await third);
    }

    [Fact]
    public async Task Who_gives_up_waits_no_longer_and_disturbs_nobody()
    {
        var (_, read) = await AskAloneAsync(1);
        await AskAloneAsync(1);
        using var gone = new CancellationTokenSource();
        var left = _shared.AskAsync(3, gone.Token);
        var stays = AskAsync(4);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        read.Answer();
        (await NextAsync()).Answer();

        Assert.Equal(40, await stays);
    }

    private Task<int> AskAsync(int ask) => _shared.AskAsync(ask, CancellationToken.None);

    private async Task<(Task<int> Answer, Read Read)> AskAloneAsync(int ask)
    {
        var answer = AskAsync(ask);
        return (answer, await NextAsync());
    }

    private async Task<Read> NextAsync() => await _begun.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<int>> ReadAsync(IReadOnlyList<int> asks)
    {
        var read = new Read(asks);
        _begun.Writer.TryWrite(read);
        return read.Task;
    }

    // What waits for it must not run inside Answer, as it would not with a database.
    private sealed class Read(IReadOnlyList<int> asks)
        : TaskCompletionSource<IReadOnlyList<int>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Asks => string.Join(", ", asks);

        public void Answer() => SetResult([.. asks.Select(ask => ask * 10)]);

        public void Fail(Exception exception) => SetException(exception);
    }
}
