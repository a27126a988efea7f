using System.Globalization;
using Chat.Conformance.Drivers;
using Chat.Conformance.Network;
using Chat.Contracts;
using Chat.Testing.Nodes;

namespace Chat.Conformance.Scenarios;

/// <summary>One visitor's client in one scenario: its devices, its network, and its conversations.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(2);

    private readonly Driver _driver;
    private readonly List<Device> _devices = [];
    private readonly List<Talk> _talks = [];
    private readonly HashSet<ConversationId> _followed = [];
    private readonly string _name = Guid.NewGuid().ToString("N")[..12];
    private int _lastBody;

    private Stage(Service service, Driver driver, int seed)
    {
        (Service, _driver, Random) = (service, driver, new Random(seed));
        Proxy = new HostileProxy(service.Cluster.Nodes[0].BaseAddress.Port, seed);
    }

    public Service Service { get; }

    public HostileProxy Proxy { get; }

    public Random Random { get; }

    /// <summary>The others whose trouble is the same.</summary>
    public required Meeting Meeting { get; init; }

    /// <summary>The first device, where everything is done that is not said otherwise.</summary>
    public Device Device => _devices[0];

    public IReadOnlyList<Device> Devices => _devices;

    /// <summary>The first conversation.</summary>
    public Talk Talk => _talks[0];

    public IReadOnlyList<Talk> Talks => _talks;

    /// <summary>The user of the host site whom the client's app knows; null: nobody.</summary>
    public string? Subject { get; private init; }

    /// <summary>The client has loaded all of its history: it is compared from the first event on.</summary>
    public bool IsWhole { get; set; }

    /// <summary>The trouble has judged by itself; there is nothing left to settle.</summary>
    public bool IsOver { get; set; }

    public static async Task<Stage> StartAsync(Service service, Driver driver, int seed, Scenario scenario, Meeting meeting)
    {
        var subject = scenario.IsIdentified ? $"user {Guid.NewGuid():N}" : null;
        var stage = new Stage(service, driver, seed) { Meeting = meeting, Subject = subject };
        scenario.Weather?.Invoke(stage.Proxy.Weather);
        try
        {
            await stage.AddDeviceAsync(subject);
            var talk = await stage.OpenAsync();
            var log = await stage.UntilAsync(talk);
            await service.Peer.OpenAsync(log.Conversation);
            stage._followed.Add(log.Conversation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <param name="subject">The user of the host site whom the app there knows; null: nobody.</param>
    /// <param name="url">Where it finds the service; null: behind the hostile proxy.</param>
    public async Task<Device> AddDeviceAsync(string? subject, Uri? url = null)
    {
        var device = await Device.StartAsync(_driver, folder => Start(url ?? Proxy.Address, folder, subject));
        _devices.Add(device);
        return device;
    }

    public async Task<Talk> OpenAsync()
    {
        var body = NextBody();
        var talk = new Talk((await Device.DoAsync("open", new { body }))!.GetValue<string>());
        talk.Promise(body);
        _talks.Add(talk);
        return talk;
    }

    /// <summary>Both sides write, each this many, while the network is as it is.</summary>
    public async Task TalkAsync(int messages, Talk? talk = null)
    {
        var id = (await LogAsync(talk)).Conversation;
        var operators = TalkBackAsync(id, messages);
        for (var i = 0; i < messages; i++)
            await SendAsync(talk);
        await operators;
    }

    /// <summary>The operator writes; the seqs.</summary>
    public async Task<IReadOnlyList<int>> TalkBackAsync(ConversationId id, int messages)
    {
        var seqs = new List<int>();
        for (var i = 0; i < messages; i++)
            seqs.Add((await Service.Peer.SendAsync(id, $"answer {Guid.NewGuid():N}")).Event!.Seq);
        return seqs;
    }

    /// <summary>The text that was promised to be sent.</summary>
    public async Task<string> SendAsync(Talk? talk = null, Device? device = null)
    {
        talk ??= Talk;
        device ??= Device;
        var body = NextBody();
        var conversation = device == Device ? talk.Id : (await LogAsync(talk)).Conversation.ToString();
        await device.DoAsync("send", new { conversation, body });
        talk.Promise(body);
        return body;
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

    /// <summary>A send of which nobody knows whether it was promised.</summary>
    public async Task SendAndKillAsync(TimeSpan after)
    {
        var body = NextBody();
        var sent = Device.Process.BeginAsync("send", new { conversation = Talk.Id, body });
        await Task.Delay(after);
        if (sent.IsCompletedSuccessfully)
            Talk.Promise(body);
        await Device.RestartAsync();
        _ = sent.Exception;
    }

    public async Task EditAsync(ShownItem item, string body)
    {
        await Device.DoAsync(
            "edit",
            new
            {
                conversation = Talk.Id,
                seq = item.Seq,
                body,
            }
        );
        Talk.Change(item.Seq!.Value, item.Body, body);
    }

    public async Task RemoveAsync(ShownItem item)
    {
        await Device.DoAsync("remove", new { conversation = Talk.Id, seq = item.Seq });
        Talk.Change(item.Seq!.Value, item.Body, after: null);
    }

    public async Task ReadAsync(Talk? talk = null)
    {
        talk ??= Talk;
        var log = await LogAsync(talk);
        await Device.DoAsync("read", new { conversation = talk.Id });
        talk.ReadSeq = log.Seq;
    }

    public Task<ShownLog> LogAsync(Talk? talk = null) => Device.LogAsync((talk ?? Talk).Id);

    public Task<ShownLog> UntilAsync(Talk? talk = null, int seq = 0, int epoch = 0) => Device.UntilAsync((talk ?? Talk).Id, seq, epoch);

    public Task<ShownLog> UntilShownAsync(Func<ShownLog, bool> isWanted, string what) => Device.UntilShownAsync(Talk.Id, isWanted, what);

    /// <summary>Good weather, until the client has caught up; then what it holds.</summary>
    public async Task<ShownLog> SettleAsync(Talk? talk = null)
    {
        Proxy.Calm();
        var log = await UntilAsync(talk);
        var stored = await Service.ReadAsync();
        return await UntilAsync(talk, stored.Heads[log.Conversation], stored.Epoch);
    }

    /// <summary>Nobody may connect for a while. The one wait here that is meant: what does not happen gives no sign.</summary>
    public async Task StayAwayAsync(string why)
    {
        var connects = Proxy.Connects;
        await Task.Delay(QuietFor);
        Expect(Proxy.Connects == connects, $"the client connected again although {why}");
    }

    public static void Expect(bool isSo, string fault)
    {
        if (!isSo)
            throw new ScenarioFault(fault);
    }

    // Long enough that a piece of it in a file is no accident.
    public string NextBody() => string.Create(CultureInfo.InvariantCulture, $"message {++_lastBody} of {_name}");

    public async ValueTask DisposeAsync()
    {
        foreach (var device in _devices)
            await device.DisposeAsync();
        await Proxy.DisposeAsync();
        foreach (var id in _followed)
            await Service.Peer.LeaveAsync(id);
    }

    private static object Start(Uri url, string folder, string? subject) =>
        subject is null
            ? new
            {
                url,
                inbox = ChatCluster.Inbox,
                folder,
            }
            : new
            {
                url,
                inbox = ChatCluster.Inbox,
                folder,
                identity = HostSite.Vouch(subject),
            };
}
