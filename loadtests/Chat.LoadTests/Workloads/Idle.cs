using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W1: what connections cost that do nothing but stay: memory after a full collection, CPU for pings.</summary>
internal sealed class Idle : IWorkload
{
    public string Name => "W1";

    public string Title => "idle connections";

    public string Unit => "connections";

    public bool IsExclusive => true;

    public Plan Default =>
        new()
        {
            Count = 10_000,
            Seconds = 60,
            WarmUp = 30,
        };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        await system.PrepareAsync(plan.Count, cancellation);
        // A first connection, so that code and caches are there before memory is read.
        system.Join(0, conversations: 3).Dispose();
        var before = await Memory.ReadAsync(system, cancellation);
        var heap = plan.Heap ? HeapWalk.Of(system.Processes.Ids("nodes")) : null;
        var links = await Crowd.ConnectAsync(
            plan.Count,
            person => system.Join(person, conversations: 3),
            link => [link],
            system.Dialect,
            cancellation
        );
        return new Exercise(system, plan, before, heap, links);
    }

    /// <param name="Resident">Bytes that the kernel counts for the nodes.</param>
    /// <param name="Managed">Bytes of live objects, where a runtime says.</param>
    private sealed record Memory(double Resident, double? Managed)
    {
        public static async Task<Memory> ReadAsync(ISystem system, CancellationToken cancellation)
        {
            var managed = await system.CollectAsync(cancellation);
            return new Memory(system.Processes.IsEmpty ? 0 : system.Processes.ReadBytes("nodes"), managed);
        }
    }

    private sealed class Exercise : IExercise
    {
        private static readonly long PingEvery = Stopwatch.Frequency * 15;

        private readonly ISystem _system;
        private readonly Plan _plan;
        private readonly Memory _before;
        private readonly HeapWalk? _heap;
        private readonly WebSocketLink[] _links;
        private readonly Poller _poller = new();
        private long _pingAt;
        private int _lost;

        public Exercise(ISystem system, Plan plan, Memory before, HeapWalk? heap, WebSocketLink[] links)
        {
            (_system, _plan, _before, _heap, _links) = (system, plan, before, heap, links);
            for (var i = 0; i < links.Length; i++)
                _poller.Add(links[i], i);
        }

        public void KeepAlive() => PingAll();

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            Stay(_plan.WarmUp);
            return Task.CompletedTask;
        }

        public async Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var cpu = _system.Processes.ReadCpu();
            var started = Stopwatch.GetTimestamp();
            Stay(_plan.Seconds);
            var units = _links.Length * Stopwatch.GetElapsedTime(started).TotalSeconds;
            var busy = Figures.Cpu(cpu, _system.Processes.ReadCpu(), units, "s/connection").ToList();
            var after = await Memory.ReadAsync(_system, cancellation);
            var figures = new List<Figure> { new("RSS", PerConnection(after.Resident - _before.Resident), "KB/connection") };
            if (_heap is not null)
                Screen.ShowHeap(_system.Name, HeapWalk.Of(_system.Processes.Ids("nodes")).Since(_heap), _links.Length);
            if (after.Managed is { } managed && _before.Managed is { } then)
                figures.Add(new Figure("managed heap", PerConnection(managed - then), "KB/connection"));
            return new Sample([.. figures, .. busy], []);
        }

        public Task<string> VerifyAsync(CancellationToken cancellation) =>
            _lost == 0
                ? Task.FromResult($"{_links.Length} connections, all there at the end.")
                : throw new InvalidOperationException($"{_lost} connections were closed.");

        public ValueTask DisposeAsync()
        {
            foreach (var link in _links)
                link.Dispose();
            _poller.Dispose();
            return ValueTask.CompletedTask;
        }

        private double PerConnection(double bytes) => bytes / _links.Length / 1024;

        private void Stay(int seconds)
        {
            var end = Stopwatch.GetTimestamp() + seconds * Stopwatch.Frequency;
            while (Stopwatch.GetTimestamp() < end)
            {
                if (Stopwatch.GetTimestamp() > _pingAt)
                    PingAll();
                _poller.Turn(Math.Min(end, _pingAt) - Stopwatch.GetTimestamp(), tag => _links[tag], Received);
            }
        }

        private void Received(int tag, ReadOnlySpan<byte> bytes)
        {
            if (!bytes.IsEmpty)
                return;
            _lost++;
            _links[tag].Dispose();
        }

        private void PingAll()
        {
            _pingAt = Stopwatch.GetTimestamp() + PingEvery;
            foreach (var link in _links)
                Native.Send(link.Descriptor, _system.Dialect.KeepAlive);
        }
    }
}
