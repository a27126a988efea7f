using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W7: pages of 50 out of many rows, the newest and the thousandth; our own beside what PostgreSQL alone needs for them.</summary>
internal sealed class History : IWorkload
{
    private const int Conversations = 100;
    private const int PageSize = 50;
    private const int DeepPage = 1000;

    public string Name => "W7";

    public string Title => "pages of history";

    public string Unit => "rows";

    public bool IsExclusive => true;

    public Plan Default =>
        new()
        {
            Count = 10_000_000,
            WarmUp = 8,
            Seconds = 20,
        };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        var archive = system.As<IArchive>();
        await archive.PrepareAsync(1, cancellation);
        var perConversation = plan.Count / Conversations;
        await archive.FillAsync(Conversations, perConversation, cancellation);
        return new Exercise(archive, plan, perConversation);
    }

    private sealed class Exercise : IExercise
    {
        private const int Readers = 4;

        private readonly IArchive _archive;
        private readonly Plan _plan;
        private readonly int _perConversation;
        private readonly WebSocketLink[] _links;
        private long _pages;

        public Exercise(IArchive archive, Plan plan, int perConversation)
        {
            (_archive, _plan, _perConversation) = (archive, plan, perConversation);
            _links = [.. Enumerable.Range(0, Readers).Select(reader => archive.Browse(reader, Readers))];
        }

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            Read(1, _plan.WarmUp / 2.0);
            Read(DeepPage, _plan.WarmUp / 2.0);
            return Task.CompletedTask;
        }

        public async Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var third = _plan.Seconds / 3.0;
            var newest = Read(1, third);
            var deep = Read(DeepPage, third);
            var alone = _archive is ChatSystem chat
                ? await new Pgbench(chat).RunAsync(_perConversation, PageSize, (int)third, cancellation)
                : null;
            Figure[] figures =
            [
                .. newest.Cpu.Select(figure => figure with { Name = $"{figure.Name}, page 1" }),
                .. deep.Cpu.Select(figure => figure with { Name = $"{figure.Name}, page {DeepPage}" }),
                .. alone is { } least
                    ?
                    [
                        new Figure("pgbench alone, with its client", least, "µs/page"),
                        new Figure("for one of pgbench's, page 1", newest.Cpu[0].Value / least, "×"),
                        new Figure("PostgreSQL's for one of pgbench's", PostgresOf(newest.Cpu) / least, "×"),
                    ]
                    : Array.Empty<Figure>(),
                new Figure("page 1000 for one of page 1", deep.Cpu[0].Value / newest.Cpu[0].Value, "×"),
                .. Figures.Percentiles("page 1", newest.Latencies.Acknowledged),
                .. Figures.Percentiles($"page {DeepPage}", deep.Latencies.Acknowledged),
            ];
            Curve[] curves =
            [
                Figures.Curve("page 1", newest.Latencies.Acknowledged),
                Figures.Curve("page 1000", deep.Latencies.Acknowledged),
            ];
            return new Sample(figures, curves);
        }

        public Task<string> VerifyAsync(CancellationToken cancellation) =>
            Task.FromResult($"{_pages} pages, each with the events that were asked for.");

        public ValueTask DisposeAsync()
        {
            foreach (var link in _links)
                link.Dispose();
            return ValueTask.CompletedTask;
        }

        private (Latencies Latencies, List<Figure> Cpu) Read(int page, double seconds)
        {
            var latencies = new Latencies();
            var before = _archive.Processes.ReadCpu();
            var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
            var random = new Random(1);
            // One reader after the other has a page under way: the figures are those of pages, not of a queue.
            for (var i = 0; Stopwatch.GetTimestamp() < end; i++)
            {
                var started = Stopwatch.GetTimestamp();
                var conversation = random.Next(Conversations / Readers) * Readers + i % Readers;
                _archive.ReadPage(_links[i % Readers], conversation, LastOf(page), PageSize);
                Latencies.Record(latencies.Acknowledged, Stopwatch.GetTimestamp() - started);
            }
            var count = latencies.Acknowledged.TotalCount;
            _pages += count;
            return (latencies, [.. Figures.Cpu(before, _archive.Processes.ReadCpu(), count, "page")]);
        }

        private static double PostgresOf(List<Figure> cpu) => cpu.Single(figure => figure.Name == "CPU PostgreSQL").Value;

        private int LastOf(int page) => Math.Max(PageSize + 1, _perConversation - (page - 1) * PageSize);
    }
}
