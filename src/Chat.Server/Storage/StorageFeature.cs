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
