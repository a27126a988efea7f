using System.Data;
using Chat.Contracts;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Storage;

/// <summary>
/// How Dapper reads and writes our types, once for the process. SQLite keeps UUIDs as lower-case text and times as Unix milliseconds; PostgreSQL has
/// types for both, and gets them untouched.
/// </summary>
internal static class DapperMaps
{
    private static readonly Lazy<bool> Registered = new(() =>
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper looks at its own table of types first; what stands there never reaches a handler.
        foreach (var type in (Type[])[typeof(Guid), typeof(Guid?), typeof(DateTimeOffset), typeof(DateTimeOffset?)])
            SqlMapper.RemoveTypeMap(type);
        SqlMapper.AddTypeHandler(new GuidHandler());
        SqlMapper.AddTypeHandler(new TimeHandler());
        SqlMapper.AddTypeHandler(new IdHandler<ConversationId>());
        SqlMapper.AddTypeHandler(new IdHandler<InboxId>());
        SqlMapper.AddTypeHandler(new IdHandler<VisitorId>());
        SqlMapper.AddTypeHandler(new IdHandler<OperatorId>());
        SqlMapper.AddTypeHandler(new IdHandler<TeamId>());
        SqlMapper.AddTypeHandler(new IdHandler<CannedReplyId>());
        return true;
    });

    public static void Register() => _ = Registered.Value;

    /// <summary>The form in which SQLite keeps a UUID; the order of the text is the order of the UUIDs.</summary>
    public static string Text(Guid id) => id.ToString("D");

    private static void Set(IDbDataParameter parameter, Guid value) => parameter.Value = parameter is SqliteParameter ? Text(value) : value;

    private static Guid ReadGuid(object value) => value is string text ? Guid.ParseExact(text, "D") : (Guid)value;

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value) => Set(parameter, value);

        public override Guid Parse(object value) => ReadGuid(value);
    }

    private sealed class IdHandler<T> : SqlMapper.TypeHandler<T>
        where T : struct, IId<T>
    {
        public override void SetValue(IDbDataParameter parameter, T value) => Set(parameter, value.Value);

        public override T Parse(object value) => T.From(ReadGuid(value));
    }

    private sealed class TimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = parameter is SqliteParameter ? value.ToUnixTimeMilliseconds() : value.ToUniversalTime();

        public override DateTimeOffset Parse(object value) =>
            value switch
            {
                long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
                DateTime utc => new DateTimeOffset(utc, TimeSpan.Zero),
                _ => (DateTimeOffset)value,
            };
    }
}
