using System.Data.Common;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Messages;
using Chat.Server.Storage.Reading;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>
/// Opens conversations. The visitor's row is locked first, also where nothing of it is changed: of two openings of one visitor the second counts what the
/// first has opened.
/// </summary>
internal sealed class LogOpening(LogSql sql, LogPages pages)
{
    /// <summary>Null: the visitor has as many as they may have, and this is none of them.</summary>
    public async Task<OpenedConversation?> OpenAsync(DbTransaction transaction, NewConversation opened, CancellationToken cancellation)
    {
        var connection = transaction.Connection!;
        var epoch = await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(sql.Epoch, null, transaction, cancellationToken: cancellation)
        );
        var visitor = new
        {
            opened.VisitorId,
            opened.InboxId,
            opened.VisitorName,
            DeviceId = opened.Device?.Id,
            opened.Device?.Browser,
            opened.Device?.Os,
            opened.Device?.Locale,
        };
        await connection.ExecuteAsync(new CommandDefinition(sql.InsertVisitor, visitor, transaction, cancellationToken: cancellation));

        var row = new
        {
            opened.Id,
            opened.InboxId,
            opened.VisitorId,
            opened.ClientId,
            opened.Topic,
            opened.Page,
            Fields = opened.Fields is null
                ? null
                : JsonSerializer.Serialize(new Dictionary<string, string>(opened.Fields), ChatJson.Wire.DictionaryStringString),
            opened.Device?.Locale,
            LastSeq = opened.Notice is null ? 1 : 2,
            opened.OpenLimit,
        };
        // Nothing is inserted where it was opened before, which the next statement sees, nor where there are too many.
        var openedAt = await connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            new CommandDefinition(sql.InsertConversation, row, transaction, cancellationToken: cancellation)
        );
        var id = opened.Id;
        if (openedAt is { } at)
            await StoreFirstEventsAsync(transaction, opened, epoch, at, cancellation);
        else if (await FindAsync(transaction, row, cancellation) is { } known)
            id = known;
        else if (
            await connection.ExecuteScalarAsync<bool>(
                new CommandDefinition(LogSql.IsIdentified, visitor, transaction, cancellationToken: cancellation)
            )
        )
            // Who opened it has another session by now, or is about to learn of it, and opens the same one in that.
            throw new StoreUnavailableException("A visitor is being identified.");
        else
            return null;

        var answers = await pages.ReadAsync(connection, [new PagesAsk([new Cursor(id, 0, 0)], Limits.SyncPage)], cancellation);
        return new OpenedConversation(openedAt is null, answers[0][0]);
    }

    /// <summary>The conversation that this clientId of this visitor has opened.</summary>
    /// <param name="transaction">Of a write: see <see cref="LogSql.FindOpened"/>.</param>
    /// <param name="key">InboxId, VisitorId and ClientId.</param>
    /// <param name="cancellation">Of the caller.</param>
    public Task<ConversationId?> FindAsync(DbTransaction transaction, object key, CancellationToken cancellation) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<ConversationId?>(
            new CommandDefinition(sql.FindOpened, key, transaction, cancellationToken: cancellation)
        );

    private async Task StoreFirstEventsAsync(
        DbTransaction transaction,
        NewConversation opened,
        int epoch,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var author = new Actor(ActorKind.Visitor, opened.VisitorId.Value, opened.VisitorName);
        var first = new ChatEvent
        {
            ConversationId = opened.Id,
            Epoch = epoch,
            Seq = 1,
            Type = EventType.Status,
            Audience = Projection.AudienceOf(EventType.Status),
            Actor = author,
            At = at,
            ClientId = opened.ClientId,
            Data = new EventData { Status = ConversationStatus.Queued },
        };
        // Opening has a key of its own (inbox, visitor, clientId); this row only keeps the clientId from naming a second event.
        var dedup = new
        {
            ConversationId = opened.Id,
            opened.ClientId,
            first.Seq,
            Fingerprint = Fingerprint.Of(opened.Id, opened.ClientId, author, EventType.Status, ""),
        };
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(
            new CommandDefinition(sql.InsertEvent, EventRow.From(first), transaction, cancellationToken: cancellation)
        );
        await connection.ExecuteAsync(new CommandDefinition(LogSql.InsertDedup, dedup, transaction, cancellationToken: cancellation));
        if (opened.Notice is not null)
            await StoreNoticeAsync(transaction, first, opened.Notice, cancellation);
    }

    private Task<int> StoreNoticeAsync(DbTransaction transaction, ChatEvent first, string code, CancellationToken cancellation)
    {
        var notice = first with
        {
            Seq = 2,
            Type = EventType.System,
            Audience = Projection.AudienceOf(EventType.System),
            Actor = Actor.System,
            ClientId = null,
            Data = new EventData { Code = code },
        };
        return transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql.InsertEvent, EventRow.From(notice), transaction, cancellationToken: cancellation)
        );
    }
}
