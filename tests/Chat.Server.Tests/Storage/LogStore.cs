using Chat.Server.Storage;
using Chat.Testing.Services;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat.Server.Tests.Storage;

/// <summary>The storage feature as the server registers it, on a database of its own with the schema in place.</summary>
public abstract class LogStore : IAsyncLifetime
{
    private IHost _host = null!;

    internal IDatabase Database => Get<IDatabase>();

    internal IEventLog Log => Get<IEventLog>();

    internal ISchema Schema => Get<ISchema>();

    internal T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        _host = Build(await SettingsAsync());
        await Schema.MigrateAsync(CancellationToken.None);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        switch (_host)
        {
            case IAsyncDisposable host:
                await host.DisposeAsync();
                break;
        }
    }

    internal static IHost Build(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddStorage();
        return builder.Build();
    }

    protected abstract Task<Dictionary<string, string?>> SettingsAsync();
}

public sealed class PostgresLogStore : LogStore
{
    public string ConnectionString { get; private set; } = "";

    internal static Dictionary<string, string?> Settings(string connectionString, string? direct = null) =>
        new(StringComparer.Ordinal)
        {
            ["Storage:Provider"] = "postgres",
            ["Storage:ConnectionString"] = connectionString,
            ["Storage:MigrationConnectionString"] = direct,
        };

    protected override async Task<Dictionary<string, string?>> SettingsAsync()
    {
        ConnectionString = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        return Settings(ConnectionString);
    }
}

public sealed class SqliteLogStore : LogStore
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("chat-log-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    internal static Dictionary<string, string?> Settings(string folder) => new(StringComparer.Ordinal) { ["Storage:DataFolder"] = folder };

    protected override Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult(Settings(Folder));
}

/// <summary>On a database that the test has made, through a pooler where <paramref name="direct"/> is the way past it.</summary>
public sealed class OwnStore(string connectionString, string? direct = null) : LogStore
{
    public string ConnectionString => connectionString;

    protected override Task<Dictionary<string, string?>> SettingsAsync() =>
        Task.FromResult(PostgresLogStore.Settings(connectionString, direct));
}
