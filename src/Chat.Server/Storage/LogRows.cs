using System.Data.Common;
using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>Rows for operators' lists.</summary>
internal sealed class LogRows(LogSql sql)
{
    public async Task<IReadOnlyList<InboxChange>> ReadAsync(
        DbConnection connection,
        IEnumerable<Guid> conversations,
        CancellationToken cancellation
    )
    {
        var ids = sql.Dialect.Ids(conversations);
        await using var reader = await connection.QueryMultipleAsync(
            new CommandDefinition($"{LogSql.ReadEpoch}; {sql.Rows}; {sql.LastMessages}", new { ids }, cancellationToken: cancellation)
        );
        var epoch = await reader.ReadSingleAsync<int>();
        var rows = await reader.ReadAsync<ConversationRow>();
        var messages = (await reader.ReadAsync<EventRow>()).ToDictionary(m => m.ConversationId);
        return
        [
            .. rows.Select(r => new InboxChange(
                r.InboxId,
                r.ToInboxRow(epoch, messages.TryGetValue(r.Id, out var message) ? ToLastMessage(message) : null)
            )),
        ];
    }

    /// <summary>The rows of these conversations, in this order.</summary>
    public async Task<IReadOnlyList<InboxChange>> InOrderAsync(
        DbConnection connection,
        IReadOnlyList<Guid> conversations,
        CancellationToken cancellation
    )
    {
        var rows = (await ReadAsync(connection, conversations, cancellation)).ToDictionary(change => change.Row.ConversationId.Value);
        return [.. conversations.Where(rows.ContainsKey).Select(id => rows[id])];
    }

    private static LastMessage ToLastMessage(EventRow message) =>
        new(message.Seq, (ActorKind)message.ActorKind == ActorKind.Visitor ? Side.Visitor : Side.Operator, Shorten(message.Body));

    /// <summary>The database counts characters, the limit UTF-16 units; a pair of them is not cut apart.</summary>
    public static string? Shorten(string? text)
    {
        if (text is null || text.Length <= Limits.RowTextLength)
            return text;
        var length = char.IsHighSurrogate(text[Limits.RowTextLength - 1]) ? Limits.RowTextLength - 1 : Limits.RowTextLength;
        return text[..length];
    }
}
