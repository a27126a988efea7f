using System.Threading.Channels;
using Chat.Server.Storage;
using Chat.Server.Storage.Reading;

namespace Chat.Server.Tests.Storage;

/// <summary>Many askers, few reads, and nobody is answered by a read that began before he asked.</summary>
public sealed class SharedReadTests
{
    private readonly Channel<Read> _begun = Channel.CreateUnbounded<Read>();
    private readonly SharedRead<int, int> _shared;

    // An ask is its weight and, in thousands, its reader.
    public SharedReadTests() =>
        _shared = new SharedRead<int, int>(
            ReadAsync,
            ask => new Guid(ask / 1000, 0, 0, new byte[8]),
            ask => ask % 1000,
            new ReadLoad(Capacity: 10, Heavy: 500)
        );

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
    public async Task An_ask_that_cannot_be_answered_fails_alone()
    {
        var open = new TaskCompletionSource();
        var shared = new SharedRead<int, int>(
            async asks =>
            {
                await open.Task;
                return asks.Contains(3) ? throw new InvalidOperationException("a fault") : [.. asks.Select(ask => ask * 10)];
            },
            _ => Guid.Empty,
            _ => 1,
            new ReadLoad(Capacity: 10, Heavy: 10)
        );
        var asked = Enumerable.Range(1, 6).Select(ask => shared.AskAsync(ask, CancellationToken.None)).ToList();

        open.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => asked[2]);
        asked.RemoveAt(2);
        var answers = await Task.WhenAll(asked);
        Assert.Equal([10, 20, 40, 50, 60], answers);
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

    [Fact]
    public async Task Who_asks_much_waits_behind_the_first_of_everybody_else()
    {
        var (_, read) = await AskAloneAsync(1);
        await AskAloneAsync(1);
        for (var i = 0; i < 4; i++)
            _ = AskAsync(1006);
        _ = (AskAsync(2004), AskAsync(3003), AskAsync(3007));

        foreach (var expected in new[] { "1006, 2004", "3003, 1006", "3007", "1006", "1006" })
        {
            read.Answer();
            read = await NextAsync();
            Assert.Equal(expected, read.Asks);
        }
    }

    [Fact]
    public async Task Heavy_asks_are_read_one_by_one_and_in_turns_beside_the_others()
    {
        var (_, heavy) = await AskAloneAsync(1501);
        _ = (AskAsync(1502), AskAsync(1503), AskAsync(2504));
        Assert.False(_begun.Reader.TryPeek(out _));

        var (light, lightRead) = await AskAloneAsync(3001);
        lightRead.Answer();
        Assert.Equal(30010, await light);
        foreach (var expected in new[] { "1502", "2504", "1503" })
        {
            heavy.Answer();
            heavy = await NextAsync();
            Assert.Equal(expected, heavy.Asks);
        }
    }

    [Fact]
    public async Task Nothing_is_read_for_those_who_have_gone()
    {
        var (_, read) = await AskAloneAsync(1);
        await AskAloneAsync(1);
        using var gone = new CancellationTokenSource();
        _ = (_shared.AskAsync(3, gone.Token), _shared.AskAsync(4, gone.Token), AskAsync(5));

        await gone.CancelAsync();
        read.Answer();

        Assert.Equal("5", (await NextAsync()).Asks);
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
