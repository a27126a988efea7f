using System.Numerics;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Chat.Server.Bus;

/// <summary>The bus of several nodes: one Redis channel for each shard and one for heartbeats, all subscribed at the start.</summary>
/// <remarks>
/// One loop connects, sends heartbeats and probes, and alone decides whether the bus is up. It wakes with the clock and with what the connections notice.
/// </remarks>
internal sealed partial class RedisBus : IEventBus, IAsyncDisposable
{
    private static readonly TimeSpan LongestRebuild = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly RedisBusOptions _options;
    private readonly NodeId _node;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisBus> _logger;
    private readonly string _addresses;
    private readonly RedisBusChannels _channels;
    private readonly BusHealth _health;
    private readonly RedisReceiver _receiver;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);

    private Action<bool> _stateChanged = static _ => { };
    private Task _loop = Task.CompletedTask;

    // Written by the loop only.
    private volatile RedisLink? _link;
    private volatile bool _isUp;

    public RedisBus(IOptions<BusOptions> options, NodeId node, TimeProvider time, ILogger<RedisBus> logger)
    {
        _options = options.Value.Redis;
        _node = node;
        _time = time;
        _logger = logger;
        _channels = new RedisBusChannels(_options.ChannelPrefix);
        _addresses = string.Join(',', ConfigurationOptions.Parse(_options.Configuration).EndPoints.Select(EndPointCollection.ToString));
        _health = new BusHealth(_options.Silence, _options.ProbeInterval, time);
        _receiver = new RedisReceiver(node, _health, Wake, time, logger);
    }

    public bool IsUp => _isUp;

    /// <summary>The publishing connection, for commands; null before the first one. Fails fast while Redis is away.</summary>
    public IDatabase? Commands => _link?.Commands;

    public void Attach(Action<ReadOnlyMemory<byte>> receive, Action<bool> stateChanged)
    {
        _receiver.Receive = receive;
        _stateChanged = stateChanged;
    }

    public Task StartAsync(CancellationToken cancellation)
    {
        // Not the caller's thread: connecting through Sentinels is synchronous in the library.
        _loop = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public void Publish(int shard, ReadOnlyMemory<byte> envelope)
    {
        var channel = _channels.Shards[shard];
        if (!_isUp || _link is not { } link)
        {
            BusMetrics.DroppedWhileDown();
            return;
        }
        BusMetrics.Published.Add(1);
        link.Publish(channel, BusFrame.OfEnvelope(_node, envelope.Span));
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var patience = _options.RebuildAfter;
        try
        {
            while (true)
            {
                var wasUp = await LiveWithOneLinkAsync(patience, stopping);
                patience = wasUp ? _options.RebuildAfter : TimeSpan.FromTicks(Math.Min(2 * patience.Ticks, LongestRebuild.Ticks));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Turn(up: false);
        }
    }

    /// <summary>Connects and keeps the bus going until it has been silent for too long.</summary>
    /// <returns>Whether the bus was ever up meanwhile.</returns>
    private async Task<bool> LiveWithOneLinkAsync(TimeSpan patience, CancellationToken stopping)
    {
        using var clock = _time.CreateTimer(_ => Wake(), null, _options.HeartbeatInterval, _options.HeartbeatInterval);
        var wasUp = false;
        try
        {
            _link = await RedisLink.OpenAsync(_options.Configuration, _node, _channels, _receiver, stopping);
            // Not before: connecting may itself take as long as the patience.
            _health.Renew();
            while (true)
            {
                var turn = _health.Next();
                Turn(turn.IsUp);
                wasUp |= turn.IsUp;
                if (turn.Silence > patience)
                {
                    LogRebuilding((long)turn.Silence.TotalSeconds, _addresses);
                    return wasUp;
                }
                await SendAsync(_link, turn);
                await _wake.WaitAsync(stopping);
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Sentinels that do not answer; a plain connection is made later by the library. Nothing may end this loop.
            Turn(up: false);
            LogLinkFailed(e, _addresses);
            await Task.Delay(RetryDelay, _time, stopping);
            return true;
        }
        finally
        {
            if (_link is { } link)
            {
                _link = null;
                await link.DisposeAsync();
            }
        }
    }

    private async Task SendAsync(RedisLink link, BusTurn turn)
    {
        var signal = BusFrame.OfSignal(_node, turn.Generation, _time.GetTimestamp());
        link.Publish(_channels.Heartbeat, signal);
        if (turn.Lapsed != 0)
            LogShardsLapsed(BitOperations.PopCount(turn.Lapsed));
        for (var shard = 0; shard < Shards.Count; shard++)
        {
            if ((turn.Lapsed & (1UL << shard)) != 0)
                await link.ResubscribeAsync(shard);
            if ((turn.Probes & (1UL << shard)) != 0)
                link.Publish(_channels.Shards[shard], signal);
        }
    }

    private void Turn(bool up)
    {
        if (up == _isUp)
            return;
        _isUp = up;
        BusMetrics.StateChanged(up);
        if (up)
            LogUp();
        else
            LogDown(_addresses);
        try
        {
            _stateChanged(up);
        }
        catch (Exception e)
        {
            LogStateChangeFailed(e);
        }
    }

    private void Wake()
    {
        try
        {
            // One pending wake-up is enough for any number of reasons.
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread was as quick.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The bus is up: heartbeats and all shards get through.")]
    private partial void LogUp();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bus is down; nodes repair from the database until Redis at {Redis} is back.")]
    private partial void LogDown(string redis);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No heartbeat for {Seconds} s; both connections to Redis at {Redis} are made anew.")]
    private partial void LogRebuilding(long seconds, string redis);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis at {Redis} could not be reached; it is tried again in a second.")]
    private partial void LogLinkFailed(Exception e, string redis);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Count} shards did not get through while heartbeats did; they are subscribed again."
    )]
    private partial void LogShardsLapsed(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of the bus's state could not be handled.")]
    private partial void LogStateChangeFailed(Exception e);
}
