using Chat.Server.Messages;
using Chat.Server.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace Chat.Server.Storage;

/// <summary>Which database holds the truth.</summary>
internal enum StorageProvider
{
    /// <summary>One file in a folder; one node.</summary>
    Sqlite = 0,

    /// <summary>Any number of nodes.</summary>
    Postgres = 1,
}

/// <summary>Section <c>Storage</c>.</summary>
internal sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary><c>sqlite</c> (default) or <c>postgres</c>.</summary>
    public StorageProvider Provider { get; set; }

    /// <summary>
    /// With postgres: an Npgsql connection string, several hosts with <c>Target Session Attributes=primary</c> included. What it does not say is 5 s for
    /// <c>Timeout</c> and <c>Command Timeout</c> (a node gives up before its clients do), 100 for <c>Max Auto Prepare</c>, no reset of connections, and
    /// <c>Options</c> that keep one plan for each statement. Through a pooler in transaction mode, set <see cref="MigrationConnectionString"/>: statements are then
    /// not prepared, and there are no options.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// With postgres: past any pooler, for what needs a session (migrations and partitions take an advisory lock). Absent:
    /// <see cref="ConnectionString"/>, which is then taken for a direct one.
    /// </summary>
    public string? MigrationConnectionString { get; set; }

    /// <summary>With sqlite: where the database lies; made when it is not there. One process at a time.</summary>
    public string DataFolder { get; set; } = "data";
}

/// <summary>Section <c>Log</c>.</summary>
internal sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary>
    /// Whether a node that finds PostgreSQL promoted raises the epoch, so that every client starts again from a snapshot. Turn it off only where a
    /// promotion cannot lose commits (synchronous standbys) and reloading all clients hurts.
    /// </summary>
    public bool RaiseEpochOnPromotion { get; set; } = true;
}

/// <summary>What the attributes of the options cannot say.</summary>
internal sealed class StorageOptionsValidator(IOptions<LaneOptions> lanes) : IValidateOptions<StorageOptions>
{
    // A read and a write beside the lanes.
    private int LeastPool => lanes.Value.Count + 2;

    public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
        options switch
        {
            _ when !Enum.IsDefined(options.Provider) => ValidateOptionsResult.Fail("Storage:Provider is sqlite or postgres."),
            { Provider: StorageProvider.Postgres } when string.IsNullOrWhiteSpace(options.ConnectionString) => ValidateOptionsResult.Fail(
                "Storage:Provider is postgres, so Storage:ConnectionString must say where it is."
            ),
            { Provider: StorageProvider.Sqlite } when string.IsNullOrWhiteSpace(options.DataFolder) => ValidateOptionsResult.Fail(
                "Storage:Provider is sqlite, so Storage:DataFolder must say where its file lies."
            ),
            { Provider: StorageProvider.Sqlite } when !string.IsNullOrWhiteSpace(options.ConnectionString) => ValidateOptionsResult.Fail(
                "Storage:ConnectionString is set, but Storage:Provider is sqlite. Say postgres, or drop the connection string."
            ),
            { Provider: StorageProvider.Postgres } when !PostgresDatabase.CanRead(options.ConnectionString) => ValidateOptionsResult.Fail(
                // Without what is wrong with it: that may be a piece of the password.
                "Storage:ConnectionString is not a connection string of Npgsql, such as Host=db;Database=chat;Username=chat."
            ),
            { Provider: StorageProvider.Postgres, MigrationConnectionString: { Length: > 0 } direct }
                when !PostgresDatabase.CanRead(direct) => ValidateOptionsResult.Fail(
                "Storage:MigrationConnectionString is not a connection string of Npgsql."
            ),
            { Provider: StorageProvider.Postgres } when PostgresDatabase.PoolOf(options) is { } pool && pool < LeastPool =>
                ValidateOptionsResult.Fail(
                    $"Storage:ConnectionString: a Maximum Pool Size of {pool} is too small. The {lanes.Value.Count} lanes (Lanes:Count) keep a connection each, "
                        + $"and two are the least beside them: {LeastPool}."
                ),
            _ => ValidateOptionsResult.Success,
        };
}
