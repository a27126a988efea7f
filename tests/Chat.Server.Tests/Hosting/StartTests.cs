using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Server.Tests.Hosting;

/// <summary>Real processes with a wrong setting each: one sentence that names it, as a line of the log too, and exit code 1.</summary>
public sealed class StartTests
{
    private const string Role = "start_tests";

    [Fact]
    public async Task Every_wrong_setting_is_a_sentence_that_names_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var folder = Directory.CreateTempSubdirectory("chat-start-").FullName;
        var occupied = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(occupied, "no folder");
        (string Named, string[] Settings)[] table =
        [
            ("Storage:Provider", ["Storage__Provider=mysql"]),
            ("Storage:Provider", ["Storage__Provider=7"]),
            ("Storage:DataFolder", [$"Storage__DataFolder={occupied}"]),
            ("Storage:DataFolder", ["Storage__DataFolder=/proc/nowhere"]),
            ("Storage:DataFolder", [$"Storage__DataFolder={NotADatabase(folder)}"]),
            ("Storage: 'Provder'", ["Storage__Provder=postgres"]),
            ("Log:RaiseEpochOnPromotion", ["Log__RaiseEpochOnPromotion=maybe"]),
            ("Identity:MasterKey", ["Identity__MasterKey=short"]),
            ("Identity:AccessTokenMinutes", ["Identity__AccessTokenMinutes=61"]),
            ("Identity:PublicOrigins", ["Identity__PublicOrigins__0=nonsense"]),
            ("Identity:Oidc:Authority", ["Identity__Oidc__Authority=nonsense"]),
            ("Bus:Provider", ["Bus__Provider=kafka"]),
            ("Bus:Redis:Configuration", ["Bus__Provider=redis"]),
            ("Http:Port and Http:ManagementPort", ["Http__Port=8099", "Http__ManagementPort=8099"]),
            ("Http:Port", [$"Http__Port={Port(taken)}"]),
            ("Http:Port", ["Http__Port=70000"]),
            ("Http:Address", ["Http__Address=example.org"]),
            ("Http:TrustedProxies", ["Http__TrustedProxies__0=nonsense"]),
            ("Drain:Window", ["Drain__Window=abc"]),
            ("Drain:Stop", ["Drain__Stop=00:10:00"]),
            ("Repair:Period", ["Repair__Period=0"]),
            ("Lanes:Count", ["Lanes__Count=many"]),
            ("RateLimits:CallsBurst", ["RateLimits__CallsBurst=-1"]),
            ("Admission:MaxConnections", ["Admission__MaxConnections=all"]),
            ("Push:Url", ["Push__Url=nonsense"]),
            ("Push:Secret", ["Push__Url=https://push.example"]),
            ("Web:DemoPage", ["Web__DemoPage=perhaps"]),
            ("Traces:Endpoint", ["Traces__Endpoint=nonsense"]),
            ("Traces:Ratio", ["Traces__Ratio=2"]),
            ("Serilog", ["Serilog__MinimumLevel__Default=Chatty"]),
            ("Serilog", ["Serilog__Using__0=No.Such.Sink"]),
            ("Logging:LogLevel", ["Logging__LogLevel__Default=chatty"]),
            .. await PostgresTableAsync(),
        ];

        await Parallel.ForEachAsync(
            table,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (row, _) => await AssertRefusedAsync(row.Named, row.Settings, Path.Combine(folder, Guid.NewGuid().ToString()))
        );

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Another_master_key_than_the_databases_is_a_sentence()
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("chat-start-").FullName, "data");
        string Key() =>
            $"Identity__MasterKey={Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray())}";
        var first = Key();
        await using (var command = Start([first], folder, "migrate"))
            Assert.Equal(0, await command.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        await using (var command = Start([first], folder, "key", "rotate"))
            Assert.Equal(0, await command.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        await AssertRefusedAsync("Identity:MasterKey", [Key()], folder);
        // Nor is one made beside what lies under another.
        await AssertRefusedAsync("Identity:MasterKey", [], folder);
        Assert.False(File.Exists(Path.Combine(folder, "master.key")));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("migrate --help")]
    [InlineData("maintain --help")]
    [InlineData("inbox add --help")]
    [InlineData("inbox list -h")]
    [InlineData("operator add --help")]
    [InlineData("operator disable -?")]
    [InlineData("key rotate --help")]
    [InlineData("epoch raise --help")]
    [InlineData("push dead --help")]
    public async Task Help_needs_neither_a_configuration_nor_the_data_folder(string line)
    {
        await using var process = Start(["Storage__Provider=mysql", "Storage__DataFolder=/proc/nowhere"], "unused", line.Split(' '));

        Assert.Equal(0, await process.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("Usage:", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line_and_starts_nothing()
    {
        await using var process = Start(["Storage__Provider=mysql"], "unused", "--version");

        Assert.Equal(0, await process.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\s*$", process.Output);
    }

    [Fact]
    public async Task A_command_before_the_migration_is_told_to_migrate()
    {
        var database = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        string[] settings =
        [
            "Storage__Provider=postgres",
            $"Storage__ConnectionString={database}",
            $"Identity__MasterKey={Convert.ToBase64String(new byte[32])}",
        ];
        await using var process = Start(settings, "unused", "inbox", "add", "--name", "Shop");

        Assert.Equal(1, await process.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Contains("run the command migrate first", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inbox add --name Shop --key shop", "shop\t")]
    [InlineData("operator add --email olga@support.example --name Olga", "Password")]
    [InlineData("key rotate", "")]
    public async Task A_command_before_the_first_start_makes_the_embedded_database(string line, string answer)
    {
        var folder = Directory.CreateTempSubdirectory("chat-start-").FullName;
        await using var process = Start([], folder, line.Split(' '));

        var code = await process.Exited.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(code == 0, process.Output);
        Assert.Contains(answer, process.Output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<(string, string[])[]> PostgresTableAsync()
    {
        var service = await PostgresService.SharedAsync();
        var database = new NpgsqlConnectionStringBuilder(await service.CreateDatabaseAsync()) { Pooling = false };
        await using (var connection = new NpgsqlConnection(database.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                $"DO $$ BEGIN CREATE ROLE {Role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                connection
            );
            await command.ExecuteNonQueryAsync();
        }
        string[] Of(string connection) =>
            [
                "Storage__Provider=postgres",
                $"Storage__ConnectionString={connection}",
                $"Identity__MasterKey={Convert.ToBase64String(new byte[32])}",
            ];
        return
        [
            ("Storage:ConnectionString", ["Storage__Provider=postgres"]),
            ("Storage:ConnectionString", Of("Hst=127.0.0.1;Database=chat")),
            ("Storage:ConnectionString", Of("Database=chat")),
            ("Storage:ConnectionString names the database", Of($"{database.ConnectionString};Database=no_such_database")),
            ("Storage:ConnectionString has the user", Of($"{database.ConnectionString};Username=nobody_at_all")),
            ("Storage:ConnectionString has the user", Of($"{database.ConnectionString};Username={Role}")),
            ("Identity:MasterKey must be set", Of(database.ConnectionString)[..2]),
        ];
    }

    private static async Task AssertRefusedAsync(string named, string[] settings, string folder)
    {
        await using var process = Start(settings, folder);
        var code = await process.Exited.WaitAsync(TimeSpan.FromMinutes(2));
        var output = process.Output;

        Assert.True(code == 1, $"{string.Join(' ', settings)} ended with {code}:\n{output}");
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        var lines = output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith('{') && IsFatal(line, named));
        Assert.True(
            lines.Any(line => !line.StartsWith('{') && line.Contains(named, StringComparison.Ordinal)),
            $"{string.Join(' ', settings)} does not name {named}:\n{output}"
        );
    }

    private static bool IsFatal(string line, string named)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("log.level").GetString() == "fatal"
            && json.RootElement.GetProperty("message").GetString()!.Contains(named, StringComparison.Ordinal);
    }

    private static ChildProcess Start(string[] settings, string folder, params string[] command)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage__DataFolder"] = folder,
            ["Http__Port"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
            ["Http__ManagementPort"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),
        };
        if (settings.Contains("Storage__Provider=postgres"))
            environment.Remove("Storage__DataFolder");
        foreach (var setting in settings)
            environment[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[
                (setting.IndexOf('=', StringComparison.Ordinal) + 1)..
            ];
        return ChildProcess.Start([.. ServerProgram.Command, .. command], environment);
    }

    private static string NotADatabase(string folder)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "no-database")).FullName;
        File.WriteAllText(Path.Combine(data, "chat.db"), new string('x', 5_000));
        return data;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
