using System.Buffers.Binary;
using System.Security.Cryptography;
using Chat.Contracts;
using Chat.Server.Storage.Reading;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>What the logs of both databases have in common: everything but appending and moving cursors.</summary>
internal abstract class SqlEventLog(IDatabase database, LogSql sql) : IEventLog
{
    private readonly LogReads _reads = new(database, sql);
    private readonly LogPages _pages = new(sql);
    private readonly LogRows _rows = new(sql);
    private readonly LogLists _lists = new(sql);
    private readonly LogOpening _opening = new(sql, new LogPages(sql));

    public abstract ILogWriter CreateWriter();

    public abstract Task<IReadOnlyList<CursorMoved>> MoveCursorsAsync(IReadOnlyList<CursorMove> moves, CancellationToken cancellation);

    public virtual Task<OpenedConversation?> OpenAsync(NewConversation conversation, CancellationToken cancellation) =>
        database.WriteAsync(transaction => _opening.OpenAsync(transaction, conversation, cancellation), cancellation);

    public Task<ConversationId?> FindOpenedAsync(NewConversation conversation, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
            {
                var key = new
                {
                    conversation.InboxId,
                    conversation.VisitorId,
                    conversation.ClientId,
                };
                return _opening.FindAsync(transaction, key, cancellation);
            },
            cancellation
        );

    public Task<ConversationOwner?> FindOwnerAsync(ConversationId id, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                var row = await connection.QuerySingleOrDefaultAsync<ConversationRow>(
                    new CommandDefinition(LogSql.Owner, new { ConversationId = id }, cancellationToken: cancellation)
                );
                return row is null ? null : new ConversationOwner(row.Id, row.InboxId, row.VisitorId);
            },
            cancellation
        );

    public Task<IReadOnlyList<ConversationOwner>> FindOwnersAsync(
        IReadOnlyCollection<ConversationId> ids,
        Guid reader,
        CancellationToken cancellation
    ) => _reads.OwnersAsync(ids, reader, cancellation);

    public Task<IReadOnlyList<ConversationOwner>> FindOwnedAsync(VisitorId visitor, int limit, CancellationToken cancellation) =>
        _reads.OwnedAsync(visitor, limit, cancellation);

    public Task<IReadOnlyList<ConversationPage>> ReadPagesAsync(PagesAsk ask, CancellationToken cancellation) =>
        _reads.PagesAsync(ask, cancellation);

    public Task<HistoryResult> ReadHistoryAsync(ConversationId id, int? before, int? after, int limit, CancellationToken cancellation) =>
        database.ReadAsync(connection => _pages.ReadHistoryAsync(connection, id, before, after, limit, cancellation), cancellation);

    public Task<HeadsResult> ReadHeadsAsync(IReadOnlyCollection<ConversationId> ids, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                await using var reader = await connection.QueryMultipleAsync(
                    new CommandDefinition(
                        $"{LogSql.ReadEpoch}; {sql.Heads}; {sql.Cursors}",
                        new { ids = sql.Dialect.Ids(ids.Select(id => id.Value)) },
                        cancellationToken: cancellation
                    )
                );
                var epoch = await reader.ReadSingleAsync<int>();
                var heads = await reader.ReadAsync<HeadRow>();
                var cursors = (await reader.ReadAsync<CursorRow>()).ToLookup(c => c.ConversationId, c => c.ToSideCursor());
                return new HeadsResult(epoch, [.. heads.Select(h => new ConversationHead(h.Id, h.InboxId, h.Seq, [.. cursors[h.Id]]))]);
            },
            cancellation
        );

    public Task<OpenHeadsResult> ReadOpenHeadsAsync(IReadOnlyCollection<InboxId> inboxes, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                await using var reader = await connection.QueryMultipleAsync(
                    new CommandDefinition(
                        $"{LogSql.ReadEpoch}; {sql.OpenHeads}",
                        new { ids = sql.Dialect.Ids(inboxes.Select(id => id.Value)) },
                        cancellationToken: cancellation
                    )
                );
                var epoch = await reader.ReadSingleAsync<int>();
                var heads = await reader.ReadAsync<HeadRow>();
                return new OpenHeadsResult(epoch, [.. heads.Select(h => new OpenHead(h.InboxId, h.Id, h.Seq))]);
            },
            cancellation
        );

    public Task<IReadOnlyList<ConversationId>> ReadQueueAsync(InboxId inbox, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<ConversationId>>(
            async connection =>
                [
                    .. await connection.QueryAsync<ConversationId>(
                        new CommandDefinition(sql.Queue, new { inbox, limit }, cancellationToken: cancellation)
                    ),
                ],
            cancellation
        );

    public Task<IReadOnlyList<InboxChange>> ReadRowsAsync(IReadOnlyCollection<ConversationId> ids, CancellationToken cancellation) =>
        database.ReadAsync(connection => _rows.ReadAsync(connection, ids.Select(id => id.Value), cancellation), cancellation);

    public Task<RowPage> ListAsync(RowQuery query, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                if (query.Statuses is { Count: 0 })
                    return new RowPage([], null);
                var (ids, next) = await _lists.PageAsync(connection, query, cancellation);
                return new RowPage(await _rows.InOrderAsync(connection, ids, cancellation), next);
            },
            cancellation
        );

    public Task<WaitingRows> ReadWaitingAsync(InboxId inbox, OperatorId mine, int limit, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                var (ids, hasMore) = await LogLists.WaitingAsync(connection, inbox, mine, limit, cancellation);
                return new WaitingRows(
                    [.. (await _rows.InOrderAsync(connection, ids, cancellation)).Select(change => change.Row)],
                    hasMore
                );
            },
            cancellation
        );

    public Task<IReadOnlyList<DueWake>> ReadDueAsync(DateTimeOffset now, int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<DueWake>>(
            async connection =>
            {
                // Rolled back: a lock alone is written, too, and its commit would wait for the standby.
                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                var due = await connection.QueryAsync<ConversationRow>(
                    new CommandDefinition(sql.Due, new { now, limit }, transaction, cancellationToken: cancellation)
                );
                return [.. due.Select(d => new DueWake(d.Id, WakeId(d.Id, d.SnoozedUntil!.Value)))];
            },
            cancellation
        );

    public Task<int> ReadEpochAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.ExecuteScalarAsync<int>(new CommandDefinition(LogSql.ReadEpoch, cancellationToken: cancellation)),
            cancellation
        );

    public Task<int> RaiseEpochAsync(CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteScalarAsync<int>(
                    new CommandDefinition(sql.RaiseEpoch, null, transaction, cancellationToken: cancellation)
                ),
            cancellation
        );

    /// <summary>One snooze, one clientId: whichever nodes wake it, however often, the log takes it once.</summary>
    private static Guid WakeId(ConversationId id, DateTimeOffset until)
    {
        Span<byte> key = stackalloc byte[24];
        id.Value.TryWriteBytes(key);
        BinaryPrimitives.WriteInt64LittleEndian(key[16..], until.ToUnixTimeMilliseconds());
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return new Guid(hash[..16]);
    }

    private sealed record HeadRow
    {
        public ConversationId Id { get; init; }
        public InboxId InboxId { get; init; }
        public int Seq { get; init; }
    }
}
