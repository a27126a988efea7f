using System.Data.Common;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Visitors;

/// <summary>A visitor of the database: he has a conversation, or a host site has named him.</summary>
internal sealed record Visitor(VisitorId Id, InboxId InboxId, string? Subject, string? Name, CallerDevice? Device = null);

/// <summary>Visitors. Anonymous ones get their row with their first conversation, not here.</summary>
internal sealed class VisitorStore(IDatabase database, RefreshFamilies families, TimeProvider time)
{
    /// <summary>After the commit: conversations of an anonymous visitor are this one's now.</summary>
    public event Action<VisitorId, IReadOnlyList<ConversationId>>? Identified;

    public async Task<Visitor?> FindAsync(VisitorId id, CancellationToken cancellation)
    {
        var row = await database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<VisitorRow>(
                    "SELECT inbox_id, subject, name, device_id, browser, os, locale FROM visitor WHERE id = @id",
                    new { id = id.Value }
                ),
            cancellation
        );
        return row is null ? null : new Visitor(id, new InboxId(row.InboxId), row.Subject, row.Name, row.Device);
    }

    /// <summary>Notes what he came with; writes only what is new.</summary>
    public async Task SeenAsync(Visitor visitor, CallerDevice device, CancellationToken cancellation)
    {
        if (visitor.Device == device)
            return;
        var parameters = new
        {
            id = visitor.Id,
            device = device.Id,
            browser = device.Browser,
            os = device.Os,
            locale = device.Locale,
        };
        await database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "UPDATE visitor SET device_id = @device, browser = @browser, os = @os, locale = @locale WHERE id = @id",
                    parameters,
                    transaction
                ),
            cancellation
        );
    }

    /// <summary>
    /// The visitor whom the host site names, the same one on every device. The conversations of the anonymous visitor whose session is presented
    /// become his, and that session ends. All or nothing; again finds nothing left to move.
    /// </summary>
    public async Task<VisitorId> IdentifyAsync(
        InboxId inbox,
        HostIdentity identity,
        RefreshToken? presented,
        CancellationToken cancellation
    )
    {
        var written = await database.WriteAsync(
            async transaction =>
            {
                var visitor = await FindOrAddAsync(transaction, inbox, identity);
                if (presented is null || !await IsAnonymousAsync(transaction, presented.Holder))
                    return new Identification(new VisitorId(visitor), null, null, []);
                var why = await families.SpendAsync(transaction, presented);
                var isGood = why == SessionEnd.Identified;
                return new Identification(
                    new VisitorId(visitor),
                    presented,
                    why,
                    isGood ? await MoveConversationsAsync(transaction, inbox, presented.Holder, visitor) : []
                );
            },
            Tell,
            cancellation
        );
        return written.Id;
    }

    private void Tell(Identification written)
    {
        // First of all, since what it may read and write is somebody else's now.
        if (written.Spent is not null)
            families.Tell(written.Spent, written.Ended);
        if (written.Moved.Count > 0)
            Identified?.Invoke(written.Id, written.Moved);
    }

    private async Task<Guid> FindOrAddAsync(DbTransaction transaction, InboxId inbox, HostIdentity identity)
    {
        var parameters = new
        {
            id = Guid.CreateVersion7(time.GetUtcNow()),
            inbox = inbox.Value,
            subject = identity.Subject,
            name = identity.Name,
            now = time.GetUtcNow(),
        };
        var known = await transaction.Connection!.QuerySingleOrDefaultAsync<Guid?>(
            """
            SELECT id FROM visitor
            WHERE inbox_id = @inbox AND subject = @subject AND (CAST(@name AS text) IS NULL OR name = @name)
            """,
            parameters,
            transaction
        );
        return known
            ?? await transaction.Connection!.QuerySingleAsync<Guid>(
                """
                INSERT INTO visitor (id, inbox_id, subject, name, created_at) VALUES (@id, @inbox, @subject, @name, @now)
                ON CONFLICT (inbox_id, subject) DO UPDATE SET name = coalesce(excluded.name, visitor.name)
                RETURNING id
                """,
                parameters,
                transaction
            );
    }

    // Without a row he has no conversations and is anonymous all the same.
    private static async Task<bool> IsAnonymousAsync(DbTransaction transaction, Guid visitor) =>
        await transaction.Connection!.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM visitor WHERE id = @visitor AND subject IS NOT NULL",
            new { visitor },
            transaction
        ) == 0;

    private async Task<List<ConversationId>> MoveConversationsAsync(DbTransaction transaction, InboxId inbox, Guid from, Guid to)
    {
        // Waits for an opening that is under way, and is what a later one meets: the row, and so the lock, is there also where there was no conversation yet.
        await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO visitor (id, inbox_id, created_at, identified_as) VALUES (@from, @inbox, @now, @to)
            ON CONFLICT (id) DO UPDATE SET identified_as = excluded.identified_as
            """,
            new
            {
                from,
                to,
                inbox,
                now = time.GetUtcNow(),
            },
            transaction
        );
        // In id order, as appends lock them.
        await transaction.Connection!.QueryAsync<Guid>(
            $"SELECT id FROM conversation WHERE visitor_id = @from ORDER BY id{database.Dialect.ForUpdate}",
            new { from },
            transaction
        );
        // One that was opened again under the new name, by a retry with the same clientId, stays where it is.
        var moved = await transaction.Connection!.QueryAsync<ConversationId>(
            """
            UPDATE conversation SET visitor_id = @to
            WHERE visitor_id = @from AND NOT EXISTS (
                SELECT 1 FROM conversation AS other
                WHERE other.inbox_id = conversation.inbox_id AND other.visitor_id = @to AND other.client_id = conversation.client_id
            )
            RETURNING id
            """,
            new { from, to },
            transaction
        );
        return moved.AsList();
    }

    /// <param name="Id">Who it is.</param>
    /// <param name="Spent">The token of the anonymous session that ends with it.</param>
    /// <param name="Ended">See <see cref="RefreshFamilies.SpendAsync"/>.</param>
    /// <param name="Moved">What was the anonymous visitor's.</param>
    private sealed record Identification(VisitorId Id, RefreshToken? Spent, SessionEnd? Ended, IReadOnlyList<ConversationId> Moved);

    private sealed class VisitorRow
    {
        public Guid InboxId { get; init; }

        public Guid? DeviceId { get; init; }

        public string? Browser { get; init; }

        public string? Os { get; init; }

        public string? Locale { get; init; }

        public CallerDevice? Device => DeviceId is { } id ? new CallerDevice(id, Browser, Os, Locale) : null;

        public string? Subject { get; init; }

        public string? Name { get; init; }
    }
}
