using Chat.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>What is asked for while a connection is being made. Time stands still: no pause ends by itself.</summary>
public sealed class ConnectionLoopTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLink.Factory _links = new();
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionLoop _loop;
    private int _greetings;

    public ConnectionLoopTests()
    {
        _loop = new ConnectionLoop(_links, _time, NullLogger.Instance)
        {
            Greet = (_, _) => _greetings++ == 0 ? _greeted.Task : Task.CompletedTask,
            Arrived = () => { },
            Lost = () => { },
            OnPush = _ => { },
        };
        _ = _loop.StartAsync();
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    [Fact]
    public async Task One_that_was_begun_with_another_token_is_not_kept()
    {
        var first = await _links.NextAsync();

        _loop.Reconnect();
        _greeted.SetResult();

        await _links.NextAsync();
        Assert.True(first.Ended.IsCompleted);
        await _loop.State.UntilAsync(state => state.Status == ConnectionStatus.Online);
    }

    [Fact]
    public async Task After_one_that_failed_in_another_network_there_is_no_pause()
    {
        await _links.NextAsync();

        _loop.Reconnect();
        _greeted.SetException(new ChatException(ChatException.Network));

        await _links.NextAsync();
    }

    [Fact]
    public async Task When_the_server_asks_all_to_come_back_each_pauses_before_it_does()
    {
        await _links.NextAsync();

        _loop.Renew();
        _greeted.SetResult();

        await _loop.State.UntilAsync(state => state.RetryAt is not null);
    }

    [Fact]
    public async Task An_app_that_came_to_the_foreground_long_ago_pauses_like_the_others_when_the_connection_is_lost()
    {
        var link = await _links.NextAsync();
        _greeted.SetResult();
        await _loop.State.UntilAsync(state => state.Status == ConnectionStatus.Online);

        _loop.Resume();
        link.Close();

        await _loop.State.UntilAsync(state => state.RetryAt is not null);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("access_changed")]
    public async Task A_token_that_the_server_takes_no_longer_is_not_shown_again_after_a_close_that_does_not_say_why(string reason)
    {
        var link = await _links.NextAsync();
        _greeted.SetResult();
        await _loop.State.UntilAsync(state => state.Status == ConnectionStatus.Online);

        link.Push(new GoAway(reason));
        link.Close();

        await _loop.State.UntilAsync(state => state.RetryAt is not null);
        Assert.True(_links.Forgotten > 0);
    }

    [Fact]
    public async Task Who_is_told_not_to_come_back_does_not_after_a_close_that_does_not_say_why()
    {
        var link = await _links.NextAsync();
        _greeted.SetResult();
        await _loop.State.UntilAsync(state => state.Status == ConnectionStatus.Online);

        link.Push(new GoAway("revoked"));
        link.Close();

        var last = await _loop.State.UntilAsync(state => state.Status != ConnectionStatus.Online);
        Assert.Equal((ConnectionStatus.Stopped, "revoked"), (last.Status, last.Reason));
    }
}
