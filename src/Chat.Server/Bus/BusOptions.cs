using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Chat.Server.Bus;

/// <summary>Which bus carries envelopes between nodes.</summary>
internal enum BusProvider
{
    /// <summary>One node: there is nobody to tell.</summary>
    InProcess = 0,

    /// <summary>Redis 6.2 or newer: standalone, Sentinel or Cluster.</summary>
    Redis = 1,
}

/// <summary>Section <c>Bus</c>.</summary>
internal sealed class BusOptions
{
    public const string Section = "Bus";

    /// <summary><c>inProcess</c> (default) for one node, <c>redis</c> for several.</summary>
    public BusProvider Provider { get; set; } = BusProvider.InProcess;

    /// <summary>Used when <see cref="Provider"/> is <c>redis</c>.</summary>
    public RedisBusOptions Redis { get; set; } = new();
}

/// <summary>Section <c>Bus:Redis</c>.</summary>
internal sealed class RedisBusOptions
{
    /// <summary>
    /// Configuration string of StackExchange.Redis: <c>host:port[,host:port…][,option=value…]</c>. With <c>serviceName=…</c> the endpoints are
    /// Sentinels; the endpoints of a Cluster are found from any of them. Holds the password: keep it in a secret.
    /// </summary>
    public string Configuration { get; set; } = "";

    /// <summary>Begins every channel and key, so that several installations share one Redis. 1 to 32 letters, digits, <c>-</c>, <c>_</c>, <c>.</c></summary>
    public string ChannelPrefix { get; set; } = "chat";

    /// <summary>
    /// Time between heartbeats; after three missed ones the bus is down and nodes repair from the database every second. 50 ms to 10 s, default
    /// 500 ms: a broken bus is noticed within two seconds, for two small messages a second and node.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Every shard proves itself once in this time, besides the heartbeat. Above three heartbeats, at most 5 min; default 15 s.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Silence after which both connections are thrown away and made anew, doubled up to a minute for each time in a row. Above three heartbeats;
    /// default 10 s. The library reconnects by itself well before; this is for a connection that only looks alive.
    /// </summary>
    public TimeSpan RebuildAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>This much silence is three missed heartbeats.</summary>
    internal TimeSpan Silence => 3 * HeartbeatInterval;
}

/// <summary>Refuses a start with settings that could not work.</summary>
internal sealed partial class BusOptionsValidator : IValidateOptions<BusOptions>
{
    public ValidateOptionsResult Validate(string? name, BusOptions options)
    {
        var problems = new List<string>();
        if (!Enum.IsDefined(options.Provider))
            problems.Add("Bus:Provider is inProcess or redis.");
        if (options.Provider == BusProvider.Redis)
            Validate(options.Redis, problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Validate(RedisBusOptions redis, List<string> problems)
    {
        if (!HasEndpoint(redis.Configuration))
            problems.Add("Bus:Redis:Configuration needs at least one endpoint, such as redis:6379.");
        if (!Prefix().IsMatch(redis.ChannelPrefix))
            problems.Add("Bus:Redis:ChannelPrefix is 1 to 32 letters, digits, '-', '_' or '.'.");
        if (redis.HeartbeatInterval < TimeSpan.FromMilliseconds(50) || redis.HeartbeatInterval > TimeSpan.FromSeconds(10))
            problems.Add("Bus:Redis:HeartbeatInterval is 50 ms to 10 s.");
        if (redis.ProbeInterval <= redis.Silence || redis.ProbeInterval > TimeSpan.FromMinutes(5))
            problems.Add("Bus:Redis:ProbeInterval is above three heartbeat intervals and at most 5 min.");
        if (redis.RebuildAfter <= redis.Silence)
            problems.Add("Bus:Redis:RebuildAfter is above three heartbeat intervals.");
    }

    private static bool HasEndpoint(string configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            // Says what is wrong but may quote the string, which holds a password.
            return false;
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Prefix();
}
