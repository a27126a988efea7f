using BenchmarkDotNet.Attributes;
using Chat.Contracts;
using Chat.Server.Storage;
using Chat.Testing.Services;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Benchmarks;

/// <summary>One append call on a private PostgreSQL that syncs, messages of different conversations; times are for a call.</summary>
public class AppendBenchmark
{
    private const int Conversations = 1000;
    private const int Calls = 20;

    private static readonly ConversationId[] Ids =
    [
        .. Enumerable.Range(0, Conversations).Select(_ => new ConversationId(Guid.CreateVersion7())),
    ];

    private PostgresService _postgres = null!;
    private IHost _host = null!;
    private ILogWriter _writer = null!;
    private int _next;

    [Params(1, 8, 32, 64, 256)]
    public int Batch { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        _postgres = await PostgresService.StartOwnAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage:Provider"] = "postgres",
                ["Storage:ConnectionString"] = await _postgres.CreateDatabaseAsync(),
            }
        );
        builder.AddStorage();
        _host = builder.Build();
        await _host.Services.GetRequiredService<ISchema>().MigrateAsync(CancellationToken.None);
        await SeedAsync(_host.Services.GetRequiredService<IDatabase>());
        _writer = _host.Services.GetRequiredService<IEventLog>().CreateWriter();
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _writer.DisposeAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public async Task AppendAsync()
    {
        for (var call = 0; call < Calls; call++)
        {
            var batch = new MessageAppend[Batch];
            for (var i = 0; i < batch.Length; i++)
                batch[i] = new MessageAppend(
                    Ids[_next++ % Conversations],
                    Guid.CreateVersion7(),
                    EventType.Message,
                    new Actor(ActorKind.Visitor, Guid.NewGuid()),
                    "Good morning! My order 48213 has not arrived yet, the page says it left your store last Thursday. Could you please look?",
                    null,
                    null,
                    _next
                );
            var results = await _writer.AppendAsync(batch, CancellationToken.None);
            if (results[0].Status != AppendStatus.Appended)
                throw new InvalidOperationException(results[0].Status.ToString());
        }
    }

    private static Task<int> SeedAsync(IDatabase database) =>
        database.WriteAsync(
            async transaction =>
            {
                var (inbox, visitor) = (Guid.CreateVersion7(), Guid.CreateVersion7());
                var at = DateTimeOffset.UnixEpoch;
                var connection = transaction.Connection!;
                await connection.ExecuteAsync(
                    "INSERT INTO inbox (id, key, name, created_at) VALUES (@inbox, 'shop', 'Shop', @at)",
                    new { inbox, at },
                    transaction
                );
                await connection.ExecuteAsync(
                    "INSERT INTO visitor (id, inbox_id, created_at) VALUES (@visitor, @inbox, @at)",
                    new
                    {
                        visitor,
                        inbox,
                        at,
                    },
                    transaction
                );
                return await connection.ExecuteAsync(
                    """
                    INSERT INTO conversation (id, inbox_id, visitor_id, client_id, status, opened_at, last_seq, last_at, state_seq)
                    SELECT id, @inbox, @visitor, id, 0, @at, 0, @at, 0 FROM unnest(@ids) AS id
                    """,
                    new
                    {
                        inbox,
                        visitor,
                        at,
                        ids = Ids.Select(id => id.Value).ToArray(),
                    },
                    transaction
                );
            },
            CancellationToken.None
        );
}
