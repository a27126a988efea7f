using System.Data.Common;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Storage.Reading;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>Stores changes: the one order of steps that makes them exact, for both databases. The caller commits.</summary>
internal sealed class LogChanges(LogSql sql)
{
    /// <summary>What a stale view is told at once: the next one tells of the next.</summary>
    private const int MostUnseen = 100;

    public async Task<ChangeResult> ApplyAsync(DbTransaction transaction, ConversationChange change, CancellationToken cancellation)
    {
        if (await ReadAsync(transaction, change, cancellation) is not var (lastSeq, situation, row, known))
            return new ChangeResult { Refusal = ErrorCode.NotFound };
        if (known is not null)
            return await RepeatAsync(transaction, change, known, row.InboxId, situation.Epoch, cancellation);

        var locked = new LockedConversation
        {
            State = row.ToState(),
            InboxId = row.InboxId,
            ReopenDays = situation.ReopenDays,
            OpenLimit = situation.OpenLimit,
            OpenOthers = situation.OpenOthers,
            Now = situation.Now,
            LastSeq = lastSeq,
            Target = change.TargetSeq is { } target
                ? await FindEventAsync(transaction, change.ConversationId, target, situation.Epoch, cancellation)
                : null,
            Unseen = await ReadUnseenAsync(transaction, change, situation.Epoch, cancellation),
        };
        var decision = change.Decide(locked);
        if (decision.Refusal is not null)
            return new ChangeResult
            {
                Refusal = decision.Refusal,
                Field = decision.Field,
                Missing = decision.Missing,
                InboxId = row.InboxId,
            };
        if (decision.Events.Count == 0)
            return new ChangeResult { InboxId = row.InboxId };
        return await StoreAsync(transaction, change, locked, decision, situation.Epoch, cancellation);
    }

    /// <summary>
    /// The lock and what stands under it, in one round trip. Each is a statement of its own: what the later ones read is younger than the lock,
    /// whoever held it before.
    /// </summary>
    private async Task<(int LastSeq, SituationRow Situation, ConversationRow Row, DedupRow? Known)?> ReadAsync(
        DbTransaction transaction,
        ConversationChange change,
        CancellationToken cancellation
    )
    {
        var key = new { change.ConversationId, change.ClientId };
        await using var results = await transaction.Connection!.QueryMultipleAsync(
            new CommandDefinition(sql.UnderLock, key, transaction, cancellationToken: cancellation)
        );
        if (await results.ReadSingleOrDefaultAsync<int?>() is not { } lastSeq)
            return null;
        var situation = await results.ReadSingleAsync<SituationRow>();
        var row = await results.ReadSingleAsync<ConversationRow>();
        return (lastSeq, situation, row, await results.ReadSingleOrDefaultAsync<DedupRow>());
    }

    private async Task<ChangeResult> RepeatAsync(
        DbTransaction transaction,
        ConversationChange change,
        DedupRow known,
        InboxId inbox,
        int epoch,
        CancellationToken cancellation
    ) =>
        known.Fingerprint != change.Fingerprint
            ? new ChangeResult { Refusal = ErrorCode.Conflict, InboxId = inbox }
            : new ChangeResult
            {
                Duplicate = true,
                InboxId = inbox,
                Answer = await FindEventAsync(transaction, change.ConversationId, known.Seq, epoch, cancellation),
            };

    private async Task<IReadOnlyList<ChatEvent>> ReadUnseenAsync(
        DbTransaction transaction,
        ConversationChange change,
        int epoch,
        CancellationToken cancellation
    )
    {
        if (change.ExpectedSeq is not { } expectedSeq)
            return [];
        var parameters = new
        {
            change.ConversationId,
            ExpectedSeq = expectedSeq,
            Kind = (int)change.Author.Kind,
            Id = change.Author.Id.GetValueOrDefault(),
            limit = MostUnseen,
            room = ReadBytes.History,
        };
        var rows = await transaction.Connection!.QueryAsync<EventRow>(
            new CommandDefinition(sql.Unseen, parameters, transaction, cancellationToken: cancellation)
        );
        return [.. rows.Select(r => r.ToEvent(epoch))];
    }

    private async Task<ChangeResult> StoreAsync(
        DbTransaction transaction,
        ConversationChange change,
        LockedConversation locked,
        Decision decision,
        int epoch,
        CancellationToken cancellation
    )
    {
        var events = new List<ChatEvent>(decision.Events.Count);
        foreach (var e in decision.Events)
        {
            var stored = new ChatEvent
            {
                ConversationId = change.ConversationId,
                Epoch = epoch,
                Seq = locked.LastSeq + events.Count + 1,
                Type = e.Type,
                Audience = e.Audience,
                Actor = e.Actor,
                At = locked.Now,
                ClientId = e.IsAnswer ? change.ClientId : null,
                Data = e.Data,
            };
            await ExecuteAsync(transaction, sql.InsertEvent, EventRow.From(stored), cancellation);
            events.Add(stored);
        }

        var answer = events.Single(e => e.ClientId is not null);
        if (decision.Patch is { } patch)
        {
            var parameters = new
            {
                change.ConversationId,
                patch.Seq,
                patch.Body,
                patch.BySeq,
            };
            await ExecuteAsync(transaction, patch.Deleted ? LogSql.PatchDeleted : LogSql.PatchEdited, parameters, cancellation);
        }
        await FinishAsync(transaction, change, decision.State ?? locked.State, answer, events, cancellation);
        return new ChangeResult
        {
            InboxId = locked.InboxId,
            Answer = answer,
            Events = events,
        };
    }

    /// <summary>What is kept for repeats, and the conversation as it is now.</summary>
    private Task<int> FinishAsync(
        DbTransaction transaction,
        ConversationChange change,
        ConversationState state,
        ChatEvent answer,
        List<ChatEvent> events,
        CancellationToken cancellation
    ) =>
        ExecuteAsync(
            transaction,
            sql.Finish,
            new
            {
                change.ConversationId,
                change.ClientId,
                answer.Seq,
                change.Fingerprint,
                Status = (int)state.Status,
                state.SnoozedUntil,
                Assignee = state.Assignee?.Id,
                Team = state.Team?.Id,
                Tags = JsonSerializer.Serialize([.. state.Tags], StorageJson.Default.StringArray),
                state.Rating,
                state.ClosedAt,
                state.WaitingSince,
                state.StateSeq,
                LastSeq = events[^1].Seq,
                LastAt = events[^1].At,
                LastMessageSeq = events.FindLast(e => e.Type == EventType.Message)?.Seq,
            },
            cancellation
        );

    private async Task<ChatEvent?> FindEventAsync(
        DbTransaction transaction,
        ConversationId id,
        int seq,
        int epoch,
        CancellationToken cancellation
    ) => (await QueryOneAsync<EventRow>(transaction, sql.Event, new { ConversationId = id, Seq = seq }, cancellation))?.ToEvent(epoch);

    private static Task<T?> QueryOneAsync<T>(DbTransaction transaction, string text, object parameters, CancellationToken cancellation) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<T>(
            new CommandDefinition(text, parameters, transaction, cancellationToken: cancellation)
        );

    private static Task<int> ExecuteAsync(DbTransaction transaction, string text, object parameters, CancellationToken cancellation) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(text, parameters, transaction, cancellationToken: cancellation));

    private sealed record SituationRow
    {
        public int Epoch { get; init; }
        public DateTimeOffset Now { get; init; }
        public int ReopenDays { get; init; }
        public int OpenLimit { get; init; }
        public int OpenOthers { get; init; }
    }

    private sealed record DedupRow
    {
        public int Seq { get; init; }
        public long Fingerprint { get; init; }
    }
}
