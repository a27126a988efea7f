using Chat.Server.Hosting;
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
        services.AddSettings<StorageOptions>(StorageOptions.Section);
        services.AddSettings<LogOptions>(LogOptions.Section);
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);

        // What is registered depends on it.
        if (Settings.Read<StorageOptions>(builder.Configuration, StorageOptions.Section).Provider == StorageProvider.Postgres)
        {
            services.AddSingleton<EpochWatch>();
            services.AddSingleton<CommitNotices>();
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
