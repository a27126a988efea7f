using System.Globalization;
using Chat.Conformance.Drivers;
using Chat.Conformance.Network;
using Chat.Contracts;
using Chat.Testing.Nodes;

namespace Chat.Conformance.Scenarios;

/// <summary>One client in one scenario: its process, its storage, its network, its conversation, and all that it was told to send.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(2);

    private readonly Driver _driver;
    private readonly string _folder;
    private readonly List<string> _answered = [];
    private int _lastBody;

    private Stage(Service service, Driver driver, int seed)
    {
        (Service, _driver, Random) = (service, driver, new Random(seed));
        Proxy = new HostileProxy(service.Cluster.Nodes[0].BaseAddress.Port, seed);
        _folder = Directory.CreateTempSubdirectory("chat-conformance-").FullName;
        Client = DriverProcess.Start(driver.Command);
    }

    public Service Service { get; }

    public HostileProxy Proxy { get; }

    public Random Random { get; }

    public DriverProcess Client { get; private set; }

    /// <summary>The client's id of its conversation.</summary>
    public string Conversation { get; private set; } = "";

    public string Folder => _folder;

    /// <summary>Bodies whose sending was promised: they must be stored once.</summary>
    public IReadOnlyList<string> Promised => _answered;

    /// <summary>Seq up to which the client was told to have read; what follows of the operator is unread.</summary>
    public int ReadSeq { get; private set; }

    /// <summary>The trouble has judged by itself; there is nothing left to settle.</summary>
    public bool IsOver { get; set; }

    /// <summary>Whether what it was promised survives its process. Where an environment has no storage there is nothing to ask of a client.</summary>
    public bool IsDurable { get; private set; } = true;

    public static async Task<Stage> StartAsync(Service service, Driver driver, int seed, Action<Weather>? weather = null)
    {
        var stage = new Stage(service, driver, seed);
        weather?.Invoke(stage.Proxy.Weather);
        try
        {
            await stage.StartClientAsync();
            stage.Conversation = (await stage.Client.DoAsync("open", new { body = stage.NextBody() }))!.GetValue<string>();
            var log = await stage.UntilAsync();
            await service.Peer.OpenAsync(log.Conversation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, and the same storage in a new process.</summary>
    public async Task RestartAsync()
    {
        await Client.KillAsync();
        await Client.DisposeAsync();
        Client = DriverProcess.Start(_driver.Command);
        await StartClientAsync();
    }

    public async Task StartClientAsync()
    {
        var order = new
        {
            url = Proxy.Address,
            inbox = ChatCluster.Inbox,
            folder = _folder,
        };
        IsDurable = (await Client.DoAsync("start", order))?["durable"]?.GetValue<bool>() ?? true;
    }

    /// <summary>Both sides write, each this many, while the network is as it is.</summary>
    public async Task TalkAsync(int messages)
    {
        var id = (await LogAsync()).Conversation;
        var operators = TalkBackAsync(id, messages);
        for (var i = 0; i < messages; i++)
            await SendAsync();
        await operators;
    }

    public async Task TalkBackAsync(ConversationId id, int messages)
    {
        for (var i = 0; i < messages; i++)
            await Service.Peer.SendAsync(id, $"answer {Guid.NewGuid():N}");
    }

    public async Task SendAsync()
    {
        var body = NextBody();
        await Client.DoAsync("send", new { conversation = Conversation, body });
        _answered.Add(body);
    }

    /// <summary>False: the client has not promised it.</summary>
    public async Task<bool> TrySendAsync()
    {
        try
        {
            await SendAsync();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>There is room for a few bytes more than what is stored now.</summary>
    public Task FillDiskAsync()
    {
        var files = new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories);
        return Client.LimitFilesAsync(files.Max(file => file.Length) + 100);
    }

    /// <summary>A send of which nobody knows whether it was promised.</summary>
    public async Task SendAndKillAsync(TimeSpan after)
    {
        var body = NextBody();
        var sent = Client.BeginAsync("send", new { conversation = Conversation, body });
        await Task.Delay(after);
        if (sent.IsCompletedSuccessfully)
            _answered.Add(body);
        await RestartAsync();
        _ = sent.Exception;
    }

    public async Task ReadAsync()
    {
        var log = await LogAsync();
        await Client.DoAsync("read", new { conversation = Conversation });
        ReadSeq = log.Seq;
    }

    public async Task<ShownLog> LogAsync() => ShownLog.Parse(await Client.DoAsync("log", new { conversation = Conversation }));

    /// <summary>Until the client is online with nothing on its way, and holds the log up to this seq of this epoch.</summary>
    public async Task<ShownLog> UntilAsync(int seq = 0, int epoch = 0) =>
        ShownLog.Parse(
            await Client.DoAsync(
                "until",
                new
                {
                    conversation = Conversation,
                    seq,
                    epoch,
                },
                SettleWithin
            )
        );

    /// <summary>Good weather, until the client has caught up; then what it holds.</summary>
    public async Task<ShownLog> SettleAsync()
    {
        Proxy.Calm();
        var log = await UntilAsync();
        var stored = await Service.ReadAsync();
        return await UntilAsync(stored.Heads[log.Conversation], stored.Epoch);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Proxy.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Long enough that a piece of it in a file is no accident.
    private string NextBody() => string.Create(CultureInfo.InvariantCulture, $"message {++_lastBody} of {_folder[^12..]}");
}
