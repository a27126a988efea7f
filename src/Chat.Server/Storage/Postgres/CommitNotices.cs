using Chat.Server.Observability;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// Hears PostgreSQL say that a commit ended without the standby's confirmation. Whoever cancels a commit's wait (an administrator, a driver's time-out) ends it in success:
/// the change is stored on this server and perhaps nowhere else, and all that tells is a warning.
/// </summary>
internal sealed partial class CommitNotices(ILogger<CommitNotices> log)
{
    /// <summary>The function of the server that says it, in every language and version.</summary>
    private const string Place = "SyncRepWaitForLSN";

    /// <summary>Listens to a connection as long as it is held.</summary>
    public CommitNotice Listen(NpgsqlConnection connection)
    {
        var notice = new CommitNotice();
        connection.Notice += (_, said) =>
        {
            if (said.Notice.Routine != Place)
                return;
            notice.IsHeard = true;
            ChatMetrics.CommitsUnconfirmed.Add(1);
            LogUnconfirmed(said.Notice.MessageText);
        };
        return notice;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A commit's wait for its standby was cancelled; it is not acknowledged, and the same call is made again: {Notice}"
    )]
    private partial void LogUnconfirmed(string notice);
}

/// <summary>What was heard on one connection. Used by one caller at a time.</summary>
internal sealed class CommitNotice
{
    // Set by the connection's reader, read after the commit's answer.
    public bool IsHeard { get; set; }

    /// <summary>After each commit: it is unknown whether it will last, so it is as if no answer had come.</summary>
    public void ThrowIfHeard()
    {
        if (!IsHeard)
            return;
        IsHeard = false;
        throw new StoreUnavailableException("A commit's wait for its standby was cancelled.");
    }
}
