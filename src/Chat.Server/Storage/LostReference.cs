using Microsoft.Data.Sqlite;
using Npgsql;

namespace Chat.Server.Storage;

/// <summary>A write that names what somebody removes at the same time: its foreign key fails, and nothing of it is stored.</summary>
internal static class LostReference
{
    private const int SqliteForeignKey = 787;

    public static bool IsIn(Exception e) =>
        e
            is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation }
                or SqliteException { SqliteExtendedErrorCode: SqliteForeignKey };
}
