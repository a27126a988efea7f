using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Storage.Sqlite;

/// <summary>Migrations of the database file; <c>user_version</c> is the number of the newest one applied.</summary>
internal sealed partial class SqliteMigrator(SqliteDatabase database, ILogger<SqliteMigrator> log) : ISchema
{
    private const string Folder = "Chat.Server.Storage.Sqlite.Migrations.";
    private const string Version = "PRAGMA user_version";

    public Task MigrateAsync(CancellationToken cancellation) => database.RunAloneAsync(Migrate, cancellation);

    /// <summary>There are no partitions here.</summary>
    public Task MaintainAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task<SchemaState> CheckAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                var version = await connection.ExecuteScalarAsync<int>(new CommandDefinition(Version, cancellationToken: cancellation));
                return version.CompareTo(Scripts().Max(s => s.Number)) switch
                {
                    < 0 => SchemaState.Older,
                    0 => SchemaState.Current,
                    > 0 => SchemaState.Newer,
                };
            },
            cancellation
        );

    private void Migrate(SqliteConnection connection)
    {
        var version = connection.ExecuteScalar<int>(Version);
        foreach (var (number, name) in Scripts().Where(s => s.Number > version).OrderBy(s => s.Number))
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            using var text = new StreamReader(stream);
            using var transaction = connection.BeginTransaction(deferred: false);
            connection.Execute(text.ReadToEnd(), transaction: transaction);
            connection.Execute($"{Version} = {number}", transaction: transaction);
            transaction.Commit();
            LogMigrated(log, name);
        }
    }

    /// <summary>Resources are called <c>0001_log.sql</c>: the number, and what it is about.</summary>
    private static IEnumerable<(int Number, string Name)> Scripts() =>
        from name in Assembly.GetExecutingAssembly().GetManifestResourceNames()
        where name.StartsWith(Folder, StringComparison.Ordinal)
        select (int.Parse(name.AsSpan(Folder.Length, 4)), name);

    [LoggerMessage(LogLevel.Information, "Applied migration {Script}.")]
    private static partial void LogMigrated(ILogger logger, string script);
}
