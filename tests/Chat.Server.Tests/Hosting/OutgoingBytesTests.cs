using System.Threading.Channels;
using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Hosting;

/// <summary>However many read badly, no more waits than the bound, and those who have waited longest pay for it.</summary>
public sealed class OutgoingBytesTests
{
    private readonly OutgoingBytes _outgoing = new(Options.Create(new OutgoingOptions { MaxBytes = 100 }));
    private readonly Channel<string> _ended = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task Over_the_bound_those_who_have_waited_longest_are_ended()
    {
        var (first, second, third) = (Open("first"), Open("second"), Open("third"));
        first.Hold(10);
        second.Hold(60);
        first.Hold(20);
        third.Hold(90);

        Assert.Equal(["first", "second"], new[] { await NextAsync(), await NextAsync() }.Order());
        Assert.Equal(90, _outgoing.Waiting);
    }

    [Fact]
    public void What_was_taken_makes_room()
    {
        var (first, second) = (Open("first"), Open("second"));
        first.Hold(90);
        first.Release(90);
        second.Hold(90);
        second.Dispose();
        first.Hold(90);

        Assert.Equal(90, _outgoing.Waiting);
        Assert.False(_ended.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task Who_has_taken_all_and_waits_again_waits_from_then_on()
    {
        var (first, second, third) = (Open("first"), Open("second"), Open("third"));
        first.Hold(40);
        second.Hold(40);
        first.Release(40);
        first.Hold(40);
        third.Hold(40);

        Assert.Equal("second", await NextAsync());
        Assert.Equal(80, _outgoing.Waiting);
    }

    [Fact]
    public async Task Nothing_counts_of_those_who_are_ended_or_gone()
    {
        var (first, second) = (Open("first"), Open("second"));
        first.Hold(80);
        second.Hold(80);
        await NextAsync();
        first.Hold(50);
        first.Release(130);
        second.Dispose();
        second.Hold(50);

        Assert.Equal(0, _outgoing.Waiting);
    }

    [Fact]
    public void One_that_is_larger_than_the_bound_stands_alone()
    {
        Open("first").Hold(1_000);

        Assert.Equal(1_000, _outgoing.Waiting);
        Assert.False(_ended.Reader.TryPeek(out _));
    }

    private OutgoingBytes.Account Open(string name) => _outgoing.Open(() => _ended.Writer.TryWrite(name));

    private async Task<string> NextAsync() => await _ended.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
