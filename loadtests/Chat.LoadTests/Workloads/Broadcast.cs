using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W5: one changed row to everybody who watches the list, alone and ten at once.</summary>
internal sealed class Broadcast : IWorkload
{
    private const int Burst = 10;

    public string Name => "W5";

    public string Title => "a row to all watchers";

    public string Unit => "watchers";

    public Plan Default => new() { Count = 5000, WarmUp = 8 };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        await system.PrepareAsync(Burst, cancellation);
        var watchers = await Crowd.ConnectAsync(
            plan.Count,
            number => system.Watch(number, Burst),
            link => [link],
            system.Dialect,
            cancellation
        );
        var pairs = Enumerable.Range(0, Burst).Select(number => system.Talk(number, apart: true)).ToArray();
        return new Exercise(system, plan, watchers, pairs);
    }

    private sealed class Exercise : IExercise
    {
        private static readonly long PingEvery = Stopwatch.Frequency * 10;
        private static readonly long Patience = Stopwatch.Frequency * 10;

        private readonly ISystem _system;
        private readonly Plan _plan;
        private readonly WebSocketLink[] _watchers;
        private readonly Pair[] _pairs;
        private readonly Poller _poller = new();
        private readonly Generator _generator;
        private long _copies;
        private long _pingAt;

        public Exercise(ISystem system, Plan plan, WebSocketLink[] watchers, Pair[] pairs)
        {
            (_system, _plan, _watchers, _pairs) = (system, plan, watchers, pairs);
            for (var i = 0; i < watchers.Length; i++)
                _poller.Add(watchers[i], i);
            _generator = new Generator(system.Dialect, pairs);
            // Rows of the conversations that were opened.
            Settle();
        }

        public void KeepAlive()
        {
            PingAll();
            _generator.PingAll();
        }

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            var end = Stopwatch.GetTimestamp() + _plan.WarmUp * Stopwatch.Frequency;
            while (Stopwatch.GetTimestamp() < end)
                Round(Burst, new Latencies());
            return Task.CompletedTask;
        }

        public Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var (single, burst) = (new Latencies(), new Latencies());
            var one = Half(1, single);
            var ten = Half(Burst, burst);
            Figure[] figures =
            [
                .. one.Select(figure => figure with { Name = $"{figure.Name}, single" }),
                .. ten.Select(figure => figure with { Name = $"{figure.Name}, burst" }),
                .. Figures.Percentiles("last receiver, single", single.Delivered),
                .. Figures.Percentiles("last receiver, burst", burst.Delivered),
            ];
            return Task.FromResult(new Sample(figures, []));
        }

        public Task<string> VerifyAsync(CancellationToken cancellation) =>
            Task.FromResult($"{_copies} copies, every row to every watcher.");

        public ValueTask DisposeAsync()
        {
            _generator.Dispose();
            foreach (var watcher in _watchers)
                watcher.Dispose();
            _poller.Dispose();
            return ValueTask.CompletedTask;
        }

        private List<Figure> Half(int rows, Latencies latencies)
        {
            var (cpu, copies) = (_system.Processes.ReadCpu(), _copies);
            var end = Stopwatch.GetTimestamp() + _plan.Seconds * Stopwatch.Frequency / 2;
            while (Stopwatch.GetTimestamp() < end)
                Round(rows, latencies);
            return [.. Figures.Cpu(cpu, _system.Processes.ReadCpu(), _copies - copies, "copy")];
        }

        /// <summary>So many rows change at once; ends when the last watcher has the last of them.</summary>
        private void Round(int rows, Latencies latencies)
        {
            var (started, due) = (Stopwatch.GetTimestamp(), _copies + (long)rows * _watchers.Length);
            for (var i = 0; i < rows; i++)
                _pairs[i].Send(started, (uint)started);
            while (_copies < due)
            {
                if (Stopwatch.GetTimestamp() - started > Patience)
                    throw new InvalidOperationException($"{due - _copies} copies did not come.");
                _poller.Turn(Stopwatch.Frequency / 10, tag => _watchers[tag], Received);
            }
            Latencies.Record(latencies.Delivered, Stopwatch.GetTimestamp() - started);
            // Acknowledgements and pings; paced, so that rows are not joined with those of the round before.
            _generator.Idle(TimeSpan.FromMilliseconds(150));
            if (Stopwatch.GetTimestamp() > _pingAt)
                PingAll();
        }

        private void PingAll()
        {
            _pingAt = Stopwatch.GetTimestamp() + PingEvery;
            foreach (var watcher in _watchers)
                Native.Send(watcher.Descriptor, _system.Dialect.KeepAlive);
        }

        private void Received(int tag, ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty)
                throw new InvalidOperationException("A server closed a watcher's socket.");
            var records = _watchers[tag].Frames.Read(bytes);
            while (records.TryNext(out var record))
            {
                if (record.IndexOf("goAway"u8) >= 0)
                    throw new InvalidOperationException($"A server sent a watcher away: {System.Text.Encoding.UTF8.GetString(record)}");
                if (_system.Dialect.IsRow(record))
                    _copies++;
            }
        }

        private void Settle()
        {
            var end = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
            while (Stopwatch.GetTimestamp() < end)
                _poller.Turn(end - Stopwatch.GetTimestamp(), tag => _watchers[tag], Received);
            _copies = 0;
        }
    }
}
