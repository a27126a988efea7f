using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// Notices that PostgreSQL was promoted: its timeline is no longer the one that the epoch was last looked at with. A promoted standby may lack the
/// last commits, and would give their seqs out again; a new epoch makes every client start again from a snapshot.
/// </summary>
internal sealed partial class PromotionWatch(IOptions<LogOptions> options, ILogger<PromotionWatch> log)
{
    // One statement compares and sets: of many nodes that notice, one raises the epoch.
    private const string Sql =
        "UPDATE log_state SET epoch = epoch + @raise, timeline = current_timeline_v1() WHERE timeline <> current_timeline_v1() "
        + "RETURNING epoch, timeline";

    public async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue("raise", options.Value.RaiseEpochOnPromotion ? 1 : 0);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (await reader.ReadAsync(cancellation))
            LogPromoted(log, reader.GetInt32(1), reader.GetInt32(0));
    }

    [LoggerMessage(
        LogLevel.Error,
        "PostgreSQL was promoted (timeline is now {Timeline}); the epoch is {Epoch}. Check whether commits were lost."
    )]
    private static partial void LogPromoted(ILogger logger, int timeline, int epoch);
}
