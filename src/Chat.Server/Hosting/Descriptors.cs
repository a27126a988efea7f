using System.Globalization;

namespace Chat.Server.Hosting;

/// <summary>
/// How many connections the process's limit of open files allows. The runtime aborts a process that is out of files, so some are kept for databases, logs
/// and itself.
/// </summary>
/// <param name="limit">Of open files; 0: none.</param>
/// <param name="logger">Hears of it once when they are all taken.</param>
internal sealed partial class Descriptors(int limit, ILogger<Descriptors> logger)
{
    /// <summary>Kept besides for all that is no client: full pools of the database, Redis, webhooks, the management port.</summary>
    private const int Reserve = 256;

    /// <summary>Of the reserve.</summary>
    private const int MostManagement = 32;

    /// <summary>One connection in so many is kept for REST and for refusals, beside sockets that take all that they get.</summary>
    private const int RestShare = 16;

    private const string Limits = "/proc/self/limits";
    private const string Files = "/proc/self/fd";
    private const string Row = "Max open files";

    private int _isWarned;

    /// <summary>
    /// With the soft limit: the runtime has raised it to the hard one before any of our code runs. Where none can be read there is none.
    /// </summary>
    public static Descriptors OfThisProcess(ILogger<Descriptors> logger)
    {
        if (!File.Exists(Limits) || !Directory.Exists(Files))
            return new Descriptors(0, logger);
        var row = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
        var soft = row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        // What is no number, or none of ours, is more than any machine has.
        var limit = int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var found) ? found : 0;
        return new Descriptors(limit, logger);
    }

    /// <summary>Of the public port. One more is closed unread.</summary>
    public ConnectionGate Public { get; } = new(MostOf(limit));

    public ConnectionGate Management { get; } = new(MostManagement);

    /// <summary>Sockets at once, where nothing else is connected; 0: any number.</summary>
    public int MostSockets => Public.Most - Public.Most / RestShare;

    /// <summary>Sockets and calls are refused, while there are still files for the refusals.</summary>
    public bool IsFull => MostSockets > 0 && Public.Open > MostSockets;

    /// <summary>Once, until there is room for as many again.</summary>
    public void Warn()
    {
        if (Interlocked.Exchange(ref _isWarned, 1) == 0)
            LogFull(Public.Open, limit);
    }

    /// <summary>One more connection of the public port; false: there is no file for it.</summary>
    public bool TryEnter()
    {
        if (!Public.TryEnter())
            return false;
        if (limit > 0 && Public.Open == 1)
            Measure();
        return true;
    }

    /// <summary>A connection of the public port has ended.</summary>
    public void Leave()
    {
        Public.Leave();
        if (_isWarned != 0 && Public.Open < MostSockets / 2)
            Volatile.Write(ref _isWarned, 0);
    }

    /// <summary>
    /// Measured while there is no other client: a node that is compiled as it runs holds some 300 files open, and not before it has started. Sockets are not
    /// counted: those of clients that have just left are closed in a moment, and what the node itself connects to is in the reserve.
    /// </summary>
    private void Measure() => Public.Most = MostOf(limit - new DirectoryInfo(Files).EnumerateFileSystemInfos().Count(IsNoSocket));

    private static bool IsNoSocket(FileSystemInfo file) => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is not true;

    // Where that is little it is halved.
    private static int MostOf(int free) => free <= 0 ? 0 : Math.Max(free - Math.Min(Reserve, free / 2), 1);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Connections} connections are all that {Limit} open files allow: more are refused. Raise the limit (ulimit -n, LimitNOFILE)"
    )]
    private partial void LogFull(int connections, int limit);
}
