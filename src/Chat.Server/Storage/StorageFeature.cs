using Chat.Server.Storage.Postgres;
using Chat.Server.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Storage;

/// <summary>The database: <see cref="IDatabase"/>, <see cref="IEventLog"/> and <see cref="ISchema"/>.</summary>
internal static class StorageFeature
{
    public static IHostApplicationBuilder AddStorage(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section).ValidateOnStart();
        services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section);
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<SchemaGate>();

        // Read here, because what is registered depends on it; all else waits for the validated options.
        var provider = builder.Configuration.GetSection(StorageOptions.Section).GetValue<StorageProvider>(nameof(StorageOptions.Provider));
        if (provider == StorageProvider.Postgres)
        {
            services.AddSingleton<PromotionWatch>();
            services.AddSingleton<PostgresDatabase>();
            services.AddSingleton<IDatabase>(p => p.GetRequiredService<PostgresDatabase>());
            services.AddSingleton<IEventLog, PostgresEventLog>();
            services.AddSingleton<ISchema, PostgresMigrator>();
        }
        else
        {
            services.AddSingleton(p => new DataFolder(p.GetRequiredService<IOptions<StorageOptions>>().Value.DataFolder));
            services.AddSingleton<SqliteDatabase>();
            services.AddSingleton<IDatabase>(p => p.GetRequiredService<SqliteDatabase>());
            services.AddSingleton<IEventLog, SqliteEventLog>();
            services.AddSingleton<ISchema, SqliteMigrator>();
        }
        return builder;
    }
}

/// <summary>
/// Keeps a server from running on a schema that it does not know: an embedded database is migrated on the spot, PostgreSQL only ever by the
/// command, since other versions may be running on it.
/// </summary>
internal sealed class SchemaGate(ISchema schema, IOptions<StorageOptions> options) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Provider == StorageProvider.Sqlite)
            await schema.MigrateAsync(cancellationToken);
        else if (await schema.CheckAsync(cancellationToken) == SchemaState.Older)
            throw new InvalidOperationException("The database's schema is older than this server. Run the command migrate first.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
