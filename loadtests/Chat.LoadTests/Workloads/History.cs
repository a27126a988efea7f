using System.Diagnostics;
using System.Globalization;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;
using Npgsql;

namespace Chat.LoadTests.Workloads;

/// <summary>W7: pages of 50 out of many rows, the newest and the thousandth, beside what PostgreSQL alone needs for them.</summary>
internal sealed class History : IWorkload
{
    private const int Conversations = 100;
    private const int PageSize = 50;
    private const int DeepPage = 1000;

    public string Name => "W7";

    public string Title => "pages of history";

    public string Unit => "rows";

    public Plan Default =>
        new()
        {
            Count = 10_000_000,
            WarmUp = 8,
            Seconds = 20,
        };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        var chat = ChatSystem.Required(system);
        await chat.PrepareAsync(1, cancellation);
        using var visitor = chat.Access.Visitor(0, chat.Access.Node(0));
        var ids = Enumerable.Range(0, Conversations).Select(_ => ChatAccess.OpenConversation(visitor)).ToArray();
        var perConversation = plan.Count / Conversations;
        await FillAsync(chat.Database, ids, perConversation, cancellation);
        return new Exercise(chat, plan, ids, perConversation);
    }

    private static async Task FillAsync(string database, Guid[] ids, int perConversation, CancellationToken cancellation)
    {
        const string fill = """
            INSERT INTO event (conversation_id, seq, type, audience, at, client_id, actor_id, actor_kind, actor_name, body)
            SELECT @id, s, 1, 0, clock_timestamp(), gen_random_uuid(), c.visitor_id, 1, 'Vera', @body
            FROM generate_series(2, @last) AS s CROSS JOIN conversation AS c WHERE c.id = @id;
            UPDATE conversation SET last_seq = @last WHERE id = @id;
            """;
        await using var source = NpgsqlDataSource.Create(database);
        foreach (var id in ids)
        {
            await using var command = source.CreateCommand(fill);
            command.CommandTimeout = 300;
            command.Parameters.AddWithValue("id", id);
            command.Parameters.AddWithValue("last", perConversation);
            command.Parameters.AddWithValue("body", Dialect.Body);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        // What the server would do by itself while pages are read.
        foreach (var sql in (string[])["VACUUM ANALYZE event", "CHECKPOINT"])
        {
            await using var upkeep = source.CreateCommand(sql);
            upkeep.CommandTimeout = 600;
            await upkeep.ExecuteNonQueryAsync(cancellation);
        }
    }

    private sealed class Exercise : IExercise
    {
        private const int Readers = 4;

        private readonly ChatSystem _chat;
        private readonly Plan _plan;
        private readonly Guid[] _ids;
        private readonly int _perConversation;
        private readonly WebSocketLink[] _links;
        private long _pages;

        public Exercise(ChatSystem chat, Plan plan, Guid[] ids, int perConversation)
        {
            (_chat, _plan, _ids, _perConversation) = (chat, plan, ids, perConversation);
            _links = [.. Enumerable.Range(0, Readers).Select(i => chat.Access.Operator(i, chat.Access.Node(i)))];
            // Nobody turns pages of what he has not opened.
            foreach (var link in _links)
            {
                foreach (var id in ids)
                    link.Call("Open", $"{{\"conversationId\":\"{id}\"}}");
            }
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
            var alone = await new Pgbench(_chat.Database).RunAsync(
                _ids,
                _perConversation,
                PageSize,
                (int)third,
                _chat.Processes,
                cancellation
            );
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
            var before = _chat.Processes.ReadCpu();
            var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
            var random = new Random(1);
            // One reader after the other has a page under way: the figures are those of pages, not of a queue.
            for (var i = 0; Stopwatch.GetTimestamp() < end; i++)
            {
                var started = Stopwatch.GetTimestamp();
                ReadPage(_links[i % Readers], _ids[random.Next(_ids.Length)], Before(page));
                Latencies.Record(latencies.Acknowledged, Stopwatch.GetTimestamp() - started);
            }
            var count = latencies.Acknowledged.TotalCount;
            _pages += count;
            return (latencies, [.. Figures.Cpu(before, _chat.Processes.ReadCpu(), count, "page")]);
        }

        private static double PostgresOf(List<Figure> cpu) => cpu.Single(figure => figure.Name == "CPU PostgreSQL").Value;

        private int Before(int page) => Math.Max(PageSize + 1, _perConversation - (page - 1) * PageSize) + 1;

        private static void ReadPage(WebSocketLink link, Guid id, int before)
        {
            var query = string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"conversationId\":\"{id}\",\"before\":{before},\"limit\":{PageSize}}}"
            );
            var events = link.Call("History", query).GetProperty("events");
            if (events.GetArrayLength() != PageSize || events[PageSize - 1].GetProperty("seq").GetInt32() != before - 1)
                throw new InvalidOperationException($"A page before {before} ended elsewhere.");
        }
    }
}
