using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Operators;
using Chat.Server.Storage;
using Chat.Server.Tests.Delivery;
using Chat.Server.Visitors;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Presence;

/// <summary>A node's presence with its stores and a clock that tests turn, and an inbox. Of its services only those run that a test starts.</summary>
internal sealed class PresenceScene : IAsyncDisposable
{
    private readonly string _folder;
    private readonly IHost _host;

    private PresenceScene(string folder, IHost host, FakeTimeProvider time) => (_folder, _host, Time) = (folder, host, time);

    public FakeTimeProvider Time { get; }

    public Inbox Shop { get; } =
        new()
        {
            Id = new InboxId(Guid.CreateVersion7()),
            Key = "shop",
            Name = "Shop",
        };

    /// <param name="isAlone">Leases are its own; else they are in a Redis that is away.</param>
    public static async Task<PresenceScene> StartAsync(bool isAlone = true)
    {
        var folder = Directory.CreateTempSubdirectory("chat-presence-").FullName;
        // The machine's time: the database's clock takes part in conversations.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([
            new("Storage:DataFolder", folder),
            new("Bus:Provider", isAlone ? "inProcess" : "redis"),
            new("Bus:Redis:Configuration", "127.0.0.1:1"),
        ]);
        builder.Services.AddSingleton<TimeProvider>(time).AddLogging(l => l.AddSimpleConsole().SetMinimumLevel(LogLevel.Error));
        builder.AddStorage();
        builder.AddBus();
        builder.AddIdentity();
        builder.AddMessages();
        builder.AddDelivery();
        var scene = new PresenceScene(folder, builder.Build(), time);
        await scene.Get<ISchema>().MigrateAsync(CancellationToken.None);
        await scene.Get<InboxStore>().AddAsync(scene.Shop, CancellationToken.None);
        await scene.Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);
        return scene;
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>One that is not started.</summary>
    public T New<T>() => ActivatorUtilities.CreateInstance<T>(_host.Services);

    public async Task<OperatorProfile> HireAsync(string name)
    {
        var id = await AddAsync(name);
        await Get<IInboxDirectory>().RefreshAsync(CancellationToken.None);
        return Get<IInboxDirectory>().FindOperator(id)!;
    }

    /// <summary>One whom the node does not know yet.</summary>
    public async Task<OperatorId> AddAsync(string name)
    {
        var added = new NewOperator($"{name}@support.example", name, OperatorRole.Operator, null, MustChange: false);
        var id = (await Get<OperatorStore>().AddAsync(added, CancellationToken.None))!.Value;
        await Get<InboxStore>().AddMemberAsync(Shop.Id, id, CancellationToken.None);
        return id;
    }

    /// <summary>A visitor's new conversation.</summary>
    public async Task<ConversationPage> OpenAsync(VisitorId visitor)
    {
        var id = new ConversationId(Guid.CreateVersion7());
        var opening = new NewConversation(id, Shop.Id, visitor, null, Guid.NewGuid(), null, null, null, null);
        return (await Get<IEventLog>().OpenAsync(opening, CancellationToken.None))!.Page;
    }

    /// <summary>An operator's socket, which watches the inbox.</summary>
    public async Task<RecordingConnection> WatchAsync(OperatorProfile who, long pauseAfterBytes = 1 << 20)
    {
        var socket = Connect(ActorKind.Operator, who.Id.Value, who.Name, pauseAfterBytes);
        var watch = new Watch([Shop.Id]);
        Assert.False((await New<OperatorLists>().WatchAsync(socket.Client.Caller, watch, socket.Client, CancellationToken.None)).IsRefused);
        return socket;
    }

    public RecordingConnection Connect(OperatorProfile who) => Connect(ActorKind.Operator, who.Id.Value, who.Name);

    /// <summary>A visitor's socket, which follows his conversations.</summary>
    public RecordingConnection Connect(VisitorId visitor, params IReadOnlyList<ConversationPage> own) => Connect(visitor, null, own);

    public RecordingConnection Connect(VisitorId visitor, Guid? session, IReadOnlyList<ConversationPage> own)
    {
        var socket = Connect(ActorKind.Visitor, visitor.Value, null, session: session);
        foreach (var page in own)
            Follow(socket, page);
        return socket;
    }

    public void Follow(RecordingConnection socket, ConversationPage page) =>
        Get<Topics>().Follow(socket.Client, new ConversationOwner(page.Conversation.Id, Shop.Id, page.Conversation.Visitor.Id));

    public static bool IsOf((string Target, JsonElement Argument) push, OperatorProfile who) =>
        push.Target == Push.Operator && push.Argument.GetProperty("id").GetGuid() == who.Id.Value;

    public static bool IsVisitor(string target, JsonElement push, ConversationPage page, bool online) =>
        IsPresence(target, push, page, "visitor", online);

    public static bool IsPresence(string target, JsonElement push, ConversationPage page, string kind, bool online) =>
        target == Push.Ephemeral
        && push.GetProperty("type").ValueEquals("presence")
        && push.GetProperty("conversationId").GetGuid() == page.Conversation.Id.Value
        && push.GetProperty("actor").GetProperty("kind").ValueEquals(kind)
        && push.GetProperty("online").GetBoolean() == online;

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The site names the visitor who has this token.</summary>
    public Task<VisitorId> IdentifyAsync(RefreshToken anonymous) =>
        Get<VisitorStore>().IdentifyAsync(Shop.Id, new HostIdentity("vera", "Vera", Guid.Empty), anonymous, CancellationToken.None);

    public RefreshToken TokenOf(VisitorId visitor)
    {
        var families = Get<RefreshFamilies>();
        return families.Read(RefreshKind.Visitor, families.Start(RefreshKind.Visitor, visitor.Value, Shop.Id.Value, Guid.NewGuid()))!;
    }

    private RecordingConnection Connect(ActorKind kind, Guid id, string? name, long pauseAfterBytes = 1 << 20, Guid? session = null)
    {
        var caller = new Caller(kind, id, name, OperatorRole.Operator, Shop.Id, DateTimeOffset.MaxValue) { Session = session };
        var socket = new RecordingConnection(Time, pauseAfterBytes: pauseAfterBytes, caller: caller);
        Get<Connections>().Add(socket.Client);
        return socket;
    }
}
