using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Repair;
using Chat.Server.Storage;
using Chat.Server.Tests.Bus;
using Chat.Server.Tests.Storage;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Tests.Delivery;

/// <summary>Whoever fetches what sockets lack, and cannot read it now, fetches it as soon as it can be read, and not with somebody's next round.</summary>
public sealed class FailedReadTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ProxiedStore _store = new();
    private readonly RecordingConnection _socket = new(TimeProvider.System);
    private LogScene _scene = null!;
    private ConversationId _id;

    public async ValueTask InitializeAsync()
    {
        await _store.InitializeAsync();
        _scene = await LogScene.CreateAsync(_store);
        _id = await _scene.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_hole_is_fetched_when_the_log_can_be_read_again()
    {
        var failed = new MessageSignal<HoleFetcher>("cannot do its work now");
        using var fetcher = new HoleFetcher(_store.Log, TimeProvider.System, failed);
        var topics = Follow(fetcher);
        await _scene.AppendAsync(LogScene.Message(_id, _scene.Visitor, "lost"), LogScene.Message(_id, _scene.Visitor, "ahead"));
        var ahead = await _scene.EventAsync(_id, 3);

        await RunAsync(fetcher, failed, () => topics.Deliver(EncodedEvent.Of(_scene.Inbox, ahead)));

        Assert.Equal([2, 3], await SeqsUntilAsync(3));
    }

    [Fact]
    public async Task A_round_of_repair_goes_on_when_the_log_can_be_read_again()
    {
        var failed = new MessageSignal<RepairLoop>("cannot do its work now");
        using var fetcher = new HoleFetcher(_store.Log, TimeProvider.System, NullLogger<HoleFetcher>.Instance);
        using var watch = new InboxWatch(_store.Log, TimeProvider.System, NullLogger<InboxWatch>.Instance);
        var hour = TimeSpan.FromHours(1);
        await using var bus = new InProcessBus(new InProcessNetwork(), NullLogger<InProcessBus>.Instance);
        var needs = new RepairDependencies(
            bus,
            Options.Create(new RepairOptions { Period = hour, PeriodWhileDown = hour }),
            TimeProvider.System
        );
        using var repair = new RepairLoop(_store.Log, Follow(fetcher), fetcher, watch, needs, failed);
        await _scene.AppendOneAsync(LogScene.Message(_id, _scene.Visitor, "lost"));

        await RunAsync(repair, failed, repair.Wake);

        Assert.Equal([2], await SeqsUntilAsync(2));
    }

    [Fact]
    public async Task A_row_that_changed_is_pushed_when_it_can_be_read_again()
    {
        var failed = new MessageSignal<InboxWatch>("cannot do its work now");
        using var watch = new InboxWatch(_store.Log, TimeProvider.System, failed);
        watch.Follow(_socket.Client, [_scene.Inbox]);

        await RunAsync(watch, failed, () => watch.Touch(_scene.Inbox, _id));

        var (_, change) = Assert.Single(await _socket.ReadUntilAsync((target, _) => target == Push.Inbox));
        Assert.Equal(_id.Value, change.GetProperty("row").GetProperty("conversationId").GetGuid());
    }

    /// <summary>Something happens while PostgreSQL is away, which comes back once the service has noticed.</summary>
    private async Task RunAsync<T>(T service, MessageSignal<T> failed, Action happens)
        where T : BackgroundService
    {
        await service.StartAsync(CancellationToken.None);
        _store.Proxy.Refuse = true;
        _store.Proxy.CutAll();
        happens();
        await failed.Seen.WaitAsync(Patience);
        _store.Proxy.Refuse = false;
    }

    private Topics Follow(HoleFetcher fetcher)
    {
        var topics = new Topics(fetcher, TimeProvider.System, NullLogger<Topics>.Instance);
        topics.Follow(_socket.Client, new ConversationOwner(_id, _scene.Inbox, _scene.VisitorId));
        topics.Find(_id)!.Start(1, 1, []);
        return topics;
    }

    private async Task<IEnumerable<int>> SeqsUntilAsync(int last)
    {
        var pushes = await _socket.ReadUntilAsync((_, e) => Seq(e) == last);
        return pushes.Where(push => push.Target == Push.Event).Select(push => Seq(push.Argument));
    }

    private static int Seq(JsonElement e) => e.GetProperty("seq").GetInt32();

    private sealed class ProxiedStore : LogStore
    {
        public TcpProxy Proxy { get; private set; } = null!;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Proxy.DisposeAsync();
        }

        protected override async Task<Dictionary<string, string?>> SettingsAsync()
        {
            var direct = new NpgsqlConnectionStringBuilder(await (await PostgresService.SharedAsync()).CreateDatabaseAsync());
            Proxy = TcpProxy.Start(direct.Port);
            return PostgresLogStore.Settings(
                new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = "127.0.0.1", Port = Proxy.Port }.ConnectionString
            );
        }
    }
}
