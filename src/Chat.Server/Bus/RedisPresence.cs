using StackExchange.Redis;

namespace Chat.Server.Bus;

/// <summary>
/// Leases in Redis: one sorted set for each subject with a member for each node that claims it, scored by when its lease ends. Redis's own clock counts,
/// so that nodes need not agree on the time.
/// </summary>
/// <remarks>While the bus is down, or Redis does not answer within <see cref="Patience"/>, nobody can say who is on the other nodes.</remarks>
internal sealed partial class RedisPresence(
    RedisBus bus,
    NodeId node,
    string prefix,
    TimeSpan lifetime,
    TimeProvider time,
    ILogger<RedisPresence> logger
) : IPresence
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Commands in flight at once: enough to fill the pipe, few enough not to hold up the envelopes on the same connection.
    private const int Pipelined = 256;

    private const CommandFlags Flags = CommandFlags.DemandMaster | CommandFlags.NoScriptCache;

    private const string Now = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";

    private const string Renew =
        Now
        + "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now) "
        + "redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) "
        + "redis.call('PEXPIRE', KEYS[1], ARGV[2]) "
        + "return 1";

    private const string Release = "redis.call('ZREM', KEYS[1], ARGV[1]) " + CountOnline;

    private const string CountOnline = Now + "return redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf')";

    private readonly LocalPresence _local = new(time);
    private readonly RedisValue _member = node.ToString();
    private readonly RedisValue _lifetime = (long)lifetime.TotalMilliseconds;

    public async Task RenewAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation)
    {
        await _local.RenewAsync(subjects, cancellation);
        await EvaluateAsync(Renew, subjects, [_member, _lifetime], cancellation);
    }

    public async Task<bool?> ReleaseAsync(Guid subject, CancellationToken cancellation)
    {
        await _local.ReleaseAsync(subject, cancellation);
        var answers = await EvaluateAsync(Release, [subject], [_member], cancellation);
        return answers is [var others] ? others > 0 : null;
    }

    public async Task<IReadOnlySet<Guid>> OnlineAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation) =>
        await LookAsync(subjects, cancellation) ?? _local.Online(subjects);

    public async Task<IReadOnlySet<Guid>?> LookAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation)
    {
        var answers = await EvaluateAsync(CountOnline, subjects, [], cancellation);
        if (answers is null)
            return null;
        // Claims made while Redis was away are known only here until their next renewal.
        var online = _local.Online(subjects);
        var i = 0;
        foreach (var subject in subjects)
        {
            if (answers[i++] > 0)
                online.Add(subject);
        }
        return online;
    }

    /// <summary>Runs a script for every subject.</summary>
    /// <returns>The answers in order, or null when Redis is away.</returns>
    private async Task<long[]?> EvaluateAsync(
        string script,
        IReadOnlyCollection<Guid> subjects,
        RedisValue[] arguments,
        CancellationToken cancellation
    )
    {
        if (!bus.IsUp || bus.Commands is not { } commands)
            return null;
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            var answers = new List<long>(subjects.Count);
            foreach (var chunk in subjects.Chunk(Pipelined))
            {
                var tasks = Array.ConvertAll(chunk, subject => commands.ScriptEvaluateAsync(script, [Key(subject)], arguments, Flags));
                var all = Task.WhenAll(tasks);
                // Those given up on fail later, with nobody left to tell.
                _ = all.ContinueWith(
                    static t => t.Exception,
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted,
                    TaskScheduler.Default
                );
                foreach (var answer in await all.WaitAsync(either.Token))
                    answers.Add((long)answer);
            }
            return [.. answers];
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogUnanswered(e);
            return null;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            LogUnanswered(e);
            return null;
        }
    }

    private RedisKey Key(Guid subject) => $"{prefix}:p:{subject:N}";

    [LoggerMessage(Level = LogLevel.Debug, Message = "Redis did not answer about presence.")]
    private partial void LogUnanswered(Exception e);
}
