using System.Data.Common;
using Chat.Contracts;
using Chat.Server.Conversations;
using Dapper;

namespace Chat.Server.Storage.Sqlite;

/// <summary>Appends of one lane. All lanes share the one writer; its transaction is the lock.</summary>
internal sealed class SqliteLogWriter(SqliteDatabase database) : ILogWriter
{
    private static readonly LogChanges Changes = new(LogSql.Sqlite);

    private static readonly string HeadSql =
        $"SELECT inbox_id, status, last_seq, {LogSql.Sqlite.Now} AS at, waiting_since FROM conversation AS c WHERE c.id = @ConversationId";

    private const string UpdateSql =
        "UPDATE conversation SET last_seq = @LastSeq, last_at = @At, waiting_since = @WaitingSince, "
        + "last_message_seq = coalesce(@LastMessageSeq, last_message_seq) WHERE id = @Id";

    public Task<AppendResult[]> AppendAsync(IReadOnlyList<MessageAppend> batch, CancellationToken cancellation) =>
        batch.Count == 0 ? Task.FromResult<AppendResult[]>([]) : database.WriteAsync(t => AppendAsync(t, batch), cancellation);

    public Task<ChangeResult> ChangeAsync(ConversationChange change, CancellationToken cancellation) =>
        database.WriteAsync(transaction => Changes.ApplyAsync(transaction, change, CancellationToken.None), cancellation);

    public ValueTask DisposeAsync() => default;

    private static async Task<AppendResult[]> AppendAsync(DbTransaction transaction, IReadOnlyList<MessageAppend> batch)
    {
        var connection = transaction.Connection!;
        var epoch = await connection.ExecuteScalarAsync<int>(LogSql.ReadEpoch, null, transaction);
        var heads = new Dictionary<ConversationId, Head?>();
        var results = new AppendResult[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            var item = batch[i];
            if (!heads.TryGetValue(item.ConversationId, out var head))
            {
                head = await connection.QuerySingleOrDefaultAsync<Head>(HeadSql, new { item.ConversationId }, transaction);
                head?.Start();
                heads.Add(item.ConversationId, head);
            }
            results[i] = head is null
                ? new AppendResult(AppendStatus.NotFound, default, epoch, 0, default)
                : await AppendAsync(transaction, item, head, epoch);
        }
        foreach (var (id, head) in heads)
            if (head is { Moved: true })
                await connection.ExecuteAsync(
                    UpdateSql,
                    new
                    {
                        Id = id,
                        head.LastSeq,
                        head.At,
                        head.WaitingSince,
                        head.LastMessageSeq,
                    },
                    transaction
                );
        return results;
    }

    private static async Task<AppendResult> AppendAsync(DbTransaction transaction, MessageAppend item, Head head, int epoch)
    {
        var connection = transaction.Connection!;
        var key = new { item.ConversationId, item.ClientId };
        var (known, fingerprint) = await connection.QuerySingleOrDefaultAsync<(int, long)>(LogSql.FindDedup, key, transaction);
        if (known > 0)
            return fingerprint == item.Fingerprint
                ? new AppendResult(AppendStatus.Duplicate, head.InboxId, epoch, known, default)
                : new AppendResult(AppendStatus.Conflict, head.InboxId, epoch, 0, default);
        if (head.NeedsRules(item))
            return new AppendResult(AppendStatus.NeedsRules, head.InboxId, epoch, 0, default);

        head.Add(item);
        var row = new EventRow
        {
            ConversationId = item.ConversationId,
            Seq = head.LastSeq,
            Type = (int)item.Type,
            Audience = (int)Projection.AudienceOf(item.Type),
            At = head.At,
            ClientId = item.ClientId,
            ActorId = item.Author.Id,
            ActorKind = (int)item.Author.Kind,
            ActorName = item.Author.Name,
            ReplyTo = item.ReplyTo,
            Body = item.Body,
        };
        await connection.ExecuteAsync(LogSql.Sqlite.InsertEvent, row, transaction);
        var dedup = new
        {
            item.ConversationId,
            item.ClientId,
            row.Seq,
            item.Fingerprint,
        };
        await connection.ExecuteAsync(LogSql.InsertDedup, dedup, transaction);
        return new AppendResult(AppendStatus.Appended, head.InboxId, epoch, head.LastSeq, head.At);
    }

    /// <summary>A conversation while a batch is appended to it.</summary>
    private sealed class Head
    {
        private int _start;

        public InboxId InboxId { get; init; }
        public int Status { get; init; }
        public int LastSeq { get; set; }
        public DateTimeOffset At { get; init; }
        public DateTimeOffset? WaitingSince { get; set; }
        public int? LastMessageSeq { get; private set; }

        public bool Moved => LastSeq > _start;

        public void Start() => _start = LastSeq;

        /// <summary>Judged against the head before the batch, as in PostgreSQL.</summary>
        public bool NeedsRules(MessageAppend item) =>
            (ConversationStatus)Status == ConversationStatus.Closed
            || ((ConversationStatus)Status == ConversationStatus.Snoozed && item.Author.Kind == ActorKind.Visitor)
            || item.ReplyTo is { } reply && (reply < 1 || reply > _start)
            || item.ExpectedSeq < _start;

        public void Add(MessageAppend item)
        {
            LastSeq++;
            if (item.Type != EventType.Message)
                return;
            LastMessageSeq = LastSeq;
            if (item.Author.Kind == ActorKind.Visitor)
                WaitingSince ??= At;
            else if (item.Author.Kind == ActorKind.Operator)
                WaitingSince = null;
        }
    }
}
