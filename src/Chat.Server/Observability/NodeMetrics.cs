using System.Diagnostics.Metrics;
using Chat.Server.Bus;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Networks;
using Chat.Server.Sockets;
using Microsoft.Extensions.Options;

namespace Chat.Server.Observability;

/// <summary>What can be seen of this node at any time. A meter of its own, so that it ends with its host.</summary>
internal sealed class NodeMetrics : IHostedService, IDisposable
{
    private readonly Meter _meter = new("Chat");

    public NodeMetrics(
        NodeState state,
        DatabaseWatch database,
        IEventBus bus,
        NetworkBudgets networks,
        IOptions<BusOptions> options,
        Admission admission,
        FrameRoom room,
        OutgoingBytes outgoing
    )
    {
        _meter.CreateObservableGauge(
            "chat.connections.limit",
            () => admission.Most,
            "{connection}",
            "Sockets that the node lets in; 0: any number."
        );
        _meter.CreateObservableGauge("chat.frames.unfinished", () => room.Used, "By", "Held of frames that have not come whole.");
        _meter.CreateObservableGauge(
            "chat.outgoing",
            () => outgoing.Waiting,
            "By",
            "Bytes of answers and pushes that wait for slow readers."
        );
        _meter.CreateObservableGauge("chat.ready", () => Bit(state.IsReady), "{node}", "1 while the node takes new sockets.");
        _meter.CreateObservableGauge("chat.draining", () => Bit(state.IsDraining), "{node}", "1 from SIGTERM on.");
        var redis = options.Value.Provider == BusProvider.Redis;
        _meter.CreateObservableGauge(
            "chat.dependency.up",
            () =>
                redis
                    ? [Up("database", database.IsUp), Up("redis", bus.IsUp)]
                    : (IEnumerable<Measurement<int>>)[Up("database", database.IsUp)],
            "{dependency}",
            "1 while the dependency answers. Readiness does not follow it."
        );
        _meter.CreateObservableGauge(
            "chat.acknowledged.servers",
            () => One(database.Durability?.Servers),
            "{server}",
            "Servers that have a message when it is acknowledged, at least: 2 with a synchronous standby, 1 without, 0 where a crash may lose it."
        );
        _meter.CreateObservableGauge(
            "chat.queue.length",
            () => database.Queues(q => q.Length),
            "{conversation}",
            "Waiting for an operator."
        );
        _meter.CreateObservableGauge("chat.queue.wait", () => database.Queues(q => q.OldestSeconds), "s", "Since when the oldest waits.");
        _meter.CreateObservableGauge("chat.partitions.ahead", () => One(database.DaysAhead), "d", "Days until the log's partitions end.");
        _meter.CreateObservableGauge(
            "chat.networks.sockets",
            () => networks.MostSockets,
            "{connection}",
            "Most sockets of anonymous visitors that one network has here."
        );
        _meter.CreateObservableGauge(
            "chat.visitors.conversations",
            () => One(database.MostOfVisitor),
            "{conversation}",
            "Most conversations that are not closed of one visitor."
        );
        _meter.CreateObservableGauge(
            "chat.delivery.watched",
            () => One(database.Watched),
            "{conversation}",
            "Conversations of this node's sockets whose delivery is looked at."
        );
        _meter.CreateObservableGauge(
            "chat.delivery.unconfirmed",
            () => One(database.Unconfirmed),
            "{event}",
            "Of these: events stored 30 s to 10 min ago that the connected visitor has not confirmed. Above 0: late, or lost."
        );
    }

    /// <summary>What has not happened yet is 0 and not absent: autoscalers and alerts take an absent figure for an unknown one.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var hub in (ReadOnlySpan<string>)["visitor", "operator"])
            ChatMetrics.Connections.Add(0, new KeyValuePair<string, object?>("hub", hub));
        foreach (var reason in (ReadOnlySpan<string>)["starting", "draining", "full", "rate", "files", "network"])
            ChatMetrics.ConnectsRefused.Add(0, new KeyValuePair<string, object?>("reason", reason));
        foreach (var rule in (ReadOnlySpan<string>)["silent", "unfinished", "long", "flood", "room"])
            ChatMetrics.Cut.Add(0, new KeyValuePair<string, object?>("rule", rule));
        ChatMetrics.Refused.Add(0, new KeyValuePair<string, object?>("code", "internal"));
        foreach (
            var counter in (ReadOnlySpan<Counter<long>>)
                [
                    ChatMetrics.Appended,
                    ChatMetrics.AppendRetries,
                    ChatMetrics.CardsMasked,
                    ChatMetrics.CommitsUnconfirmed,
                    ChatMetrics.Connects,
                    ChatMetrics.Holes,
                    ChatMetrics.Repaired,
                    ChatMetrics.Resets,
                    ChatMetrics.OutboundOverflows,
                ]
        )
            counter.Add(0);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private static int Bit(bool value) => value ? 1 : 0;

    private static Measurement<int> Up(string dependency, bool up) =>
        new(Bit(up), new KeyValuePair<string, object?>("dependency", dependency));

    /// <summary>Nothing while it is unknown.</summary>
    private static IEnumerable<Measurement<T>> One<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];
}
