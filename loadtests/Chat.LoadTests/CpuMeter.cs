using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Chat.LoadTests;

/// <summary>CPU time of the processes of a run, by component, as the kernel counts it (ticks of 10 ms).</summary>
internal sealed class CpuMeter
{
    private const double MicrosecondsPerTick = 10_000;

    private readonly Dictionary<string, Func<long>> _components = new(StringComparer.Ordinal);

    public static async Task<CpuMeter> CreateAsync(IEnumerable<int> nodes, string postgres, string redis, CancellationToken cancellation)
    {
        var (nodePids, postmaster, redisPid) = (
            nodes.ToArray(),
            await PostmasterAsync(postgres, cancellation),
            await RedisAsync(redis, cancellation)
        );
        var meter = new CpuMeter();
        meter._components["nodes"] = () => nodePids.Sum(Own);
        meter._components["PostgreSQL"] = () => WithChildren(postmaster);
        meter._components["Redis"] = () => Own(redisPid);
        meter._components["generator"] = () => Own(Environment.ProcessId);
        return meter;
    }

    /// <summary>Microseconds since their start.</summary>
    public Dictionary<string, double> Read() => _components.ToDictionary(c => c.Key, c => c.Value() * MicrosecondsPerTick);

    private static long Own(int pid) => Stat(pid) is { } stat ? stat[11] + stat[12] : 0;

    // Children that have ended, such as vacuum workers, count with the postmaster.
    private static long WithChildren(int pid)
    {
        var stat = Stat(pid)!;
        var children = File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return stat[11] + stat[12] + stat[13] + stat[14] + children.Sum(child => Own(int.Parse(child, CultureInfo.InvariantCulture)));
    }

    /// <summary>Numbers of /proc/pid/stat after the name; null when the process has gone.</summary>
    private static long[]? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ').Select(word => long.TryParse(word, out var number) ? number : 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<int> PostmasterAsync(string postgres, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(cancellation);
        return (int)Stat(connection.ProcessID)![1];
    }

    private static async Task<int> RedisAsync(string redis, CancellationToken cancellation)
    {
        var address = redis.Split(':');
        using var client = new TcpClient();
        await client.ConnectAsync(address[0], int.Parse(address[1], CultureInfo.InvariantCulture), cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync("INFO server\r\n"u8.ToArray(), cancellation);
        var buffer = new byte[8192];
        var length = 0;
        const string mark = "process_id:";
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            length += read;
            var text = Encoding.UTF8.GetString(buffer, 0, length);
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            var end = at < 0 ? -1 : text.IndexOf('\r', at);
            if (end > 0)
                return int.Parse(text.AsSpan(at + mark.Length, end - at - mark.Length), CultureInfo.InvariantCulture);
            if (read == 0)
                throw new InvalidOperationException("Redis did not name its process.");
        }
    }
}
