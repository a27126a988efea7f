using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat.Conformance.Drivers;

/// <summary>A client under test on a device: its process, and the storage that outlives it.</summary>
internal sealed class Device : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly Driver _driver;
    private readonly Func<string, object> _start;

    private Device(Driver driver, Func<string, object> start)
    {
        (_driver, _start) = (driver, start);
        Folder = Directory.CreateTempSubdirectory("chat-conformance-").FullName;
        Process = DriverProcess.Start(driver.Command);
    }

    public DriverProcess Process { get; private set; }

    public string Folder { get; }

    /// <summary>Whether what it has promised survives its process.</summary>
    public bool IsDurable { get; private set; } = true;

    /// <param name="driver">The client.</param>
    /// <param name="start">What it is started with, given its folder; asked each time.</param>
    public static async Task<Device> StartAsync(Driver driver, Func<string, object> start)
    {
        var device = new Device(driver, start);
        try
        {
            await device.StartAgainAsync();
            return device;
        }
        catch
        {
            await device.DisposeAsync();
            throw;
        }
    }

    public Task<JsonNode?> DoAsync(string what, object? arguments = null) => Process.DoAsync(what, arguments);

    /// <summary>SIGKILL, and the same storage in a new process.</summary>
    public async Task RestartAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        Process = DriverProcess.Start(_driver.Command);
        await StartAgainAsync();
    }

    public async Task StartAgainAsync()
    {
        var answer = await Process.DoAsync("start", _start(Folder));
        IsDurable = (answer as JsonObject)?["durable"]?.GetValue<bool>() ?? true;
    }

    public async Task<ShownLog> LogAsync(string conversation) => ShownLog.Parse(await DoAsync("log", new { conversation }));

    /// <summary>Until it is online with nothing on its way, and holds the log up to this seq of this epoch.</summary>
    public async Task<ShownLog> UntilAsync(string conversation, int seq = 0, int epoch = 0)
    {
        var order = new
        {
            conversation,
            seq,
            epoch,
        };
        try
        {
            return ShownLog.Parse(await Process.DoAsync("until", order, Patience.ToSettle));
        }
        catch (TimeoutException)
        {
            var held = await DoAsync("log", new { conversation });
            throw new ScenarioFault($"the client did not get to seq {seq} of epoch {epoch}; it shows {held?.ToJsonString()}");
        }
    }

    public Task<ShownLog> UntilShownAsync(string conversation, Func<ShownLog, bool> isWanted, string what) =>
        LookUntilAsync(() => LogAsync(conversation), isWanted, what);

    /// <summary>Fetches page after page until there is nothing older.</summary>
    public async Task LoadAllAsync(string conversation)
    {
        const int enough = 100;
        for (var pages = 0; (await LogAsync(conversation)).HasMore; pages++)
        {
            if (pages == enough)
                throw new ScenarioFault($"after {enough} pages there is still more");
            await DoAsync("more", new { conversation });
        }
    }

    /// <summary>There is room for a few bytes more than what is stored now.</summary>
    public Task FillDiskAsync()
    {
        var files = new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories);
        return Process.LimitFilesAsync(files.Max(file => file.Length) + 100);
    }

    public async Task<ShownList> ListAsync() => Parse<ShownList>(await DoAsync("list"));

    public Task<ShownList> UntilListAsync(Func<ShownList, bool> isWanted, string what, TimeSpan? patience = null) =>
        LookUntilAsync(ListAsync, isWanted, what, patience);

    public Task<ShownState> UntilStateAsync(string status) =>
        LookUntilAsync(async () => Parse<ShownState>(await DoAsync("state")), state => state.Status == status, $"state '{status}'");

    /// <summary>Answers when what is shown is as wanted. A driver cannot call, so it is asked again and again.</summary>
    public static async Task<T> LookUntilAsync<T>(Func<Task<T>> look, Func<T, bool> isWanted, string what, TimeSpan? patience = null)
    {
        using var bound = new CancellationTokenSource(patience ?? Patience.ToShow);
        using var pause = new PeriodicTimer(LookEvery);
        while (true)
        {
            var shown = await look();
            if (isWanted(shown))
                return shown;
            if (bound.IsCancellationRequested)
                throw new ScenarioFault($"not shown: {what}; shown is {JsonSerializer.Serialize(shown, JsonSerializerOptions.Web)}");
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public static T Parse<T>(JsonNode? answer) =>
        answer.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new ScenarioFault("the driver answered nothing");
}
