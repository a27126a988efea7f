using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Faults.Tests;

/// <summary>A PostgreSQL that knows its users by their passwords, and a node that signs in as an ordinary role. Each test leaves it mended.</summary>
public sealed class RefusingDatabase : IAsyncLifetime
{
    public const string Role = "chat";
    public const string Password = "first-password";

    private PostgresService _postgres = null!;
    private ChatCluster _cluster = null!;
    private ChatClient _visitor = null!;
    private ConversationId _conversation;

    /// <summary>Of the node's connections.</summary>
    public string Options { get; init; } = "";

    public string Database { get; private set; } = "";

    internal ChatNode Node => _cluster.Nodes[0];

    /// <summary>Between the node and PostgreSQL.</summary>
    internal TcpProxy Proxy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresService.StartOwnAsync();
        await ExecuteAsync($"CREATE ROLE {Role} LOGIN PASSWORD '{Password}'");
        Database = new NpgsqlConnectionStringBuilder(await _postgres.CreateDatabaseAsync()).Database!;
        await ExecuteAsync($"ALTER DATABASE {Database} OWNER TO {Role}");
        await AskAtTheDoorAsync("scram-sha-256");
        Proxy = TcpProxy.Start(new NpgsqlConnectionStringBuilder(_postgres.AdminConnectionString).Port);
        var connection = $"Host=127.0.0.1;Port={Proxy.Port};Database={Database};Username={Role};Password={Password}";
        if (Options.Length > 0)
            connection += $";Options={Options}";
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            // Nothing listens there, and nothing is pushed: for the loop, which asks in a transaction.
            ["Push__Url"] = "http://127.0.0.1:9/",
            ["Push__Secret"] = "whsec_" + Convert.ToBase64String(new byte[24]),
        };
        _cluster = await ChatCluster.StartAsync(connection, redis: null, nodes: 1, settings);
        var session = await _cluster.NewVisitorAsync();
        _visitor = ChatClient.Visitor(() => Node.BaseAddress, () => Task.FromResult(session.Token));
        _visitor.Patience = TimeSpan.FromMinutes(2);
        _conversation = await _visitor.OpenConversationAsync();
    }

    /// <summary>Breaks something; the node says so and lives, and goes on once it is mended.</summary>
    /// <param name="says">What the log names.</param>
    /// <param name="loop">A background loop that meets it.</param>
    /// <param name="break">Breaks it; connections are then cut.</param>
    /// <param name="mend">Mends it.</param>
    internal async Task EndureAsync(string says, string loop, Func<Task> @break, Func<Task> mend)
    {
        var process = Node.Id;
        Task<ResultStatus> sending;
        await @break();
        try
        {
            Proxy.CutAll();
            var line = await Node.WaitForLineAsync(line =>
                line.Contains(says, StringComparison.Ordinal) && line.Contains($"loop {loop} cannot", StringComparison.Ordinal)
            );
            Assert.Contains("PostgreSQL refuses", line, StringComparison.Ordinal);
            await FaultScene.AssertReadyAsync([Node]);
            sending = SendAsync($"while {says}");
        }
        finally
        {
            await mend();
        }

        Assert.Equal(ResultStatus.Ok, await sending);
        await Node.UntilMetricAsync("chat_dependency_up", up => (int)up == 1);
        Assert.Equal((process, true), (Node.Id, Node.IsRunning));
    }

    private async Task<ResultStatus> SendAsync(string text) => (await _visitor.SendAsync(_conversation, text)).Status;

    internal Task ExecuteAsync(string sql) => ExecuteAsync(_postgres.AdminConnectionString, sql);

    internal Task ExecuteInDatabaseAsync(string sql) =>
        ExecuteAsync(new NpgsqlConnectionStringBuilder(_postgres.AdminConnectionString) { Database = Database }.ConnectionString, sql);

    /// <summary>How the role is let in: a word of pg_hba.conf.</summary>
    internal async Task AskAtTheDoorAsync(string how)
    {
        await using var connection = await OpenAsync(_postgres.AdminConnectionString);
        await using var find = new NpgsqlCommand("SHOW hba_file", connection);
        var file = (string)(await find.ExecuteScalarAsync())!;
        await File.WriteAllTextAsync(file, $"host all {Role} 127.0.0.1/32 {how}\nhost all all 127.0.0.1/32 trust\n");
        await using var reload = new NpgsqlCommand("SELECT pg_reload_conf()", connection);
        await reload.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _visitor.DisposeAsync();
        await _cluster.DisposeAsync();
        await Proxy.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
