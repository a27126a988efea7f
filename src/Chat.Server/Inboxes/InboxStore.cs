using System.Collections.Frozen;
using System.Data.Common;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Inboxes;

/// <summary>Inboxes, their origins and their members.</summary>
internal sealed class InboxStore(IDatabase database, TimeProvider time)
{
    /// <summary>False when the key is taken.</summary>
    public Task<bool> AddAsync(Inbox inbox, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var added = await transaction.Connection!.ExecuteAsync(
                    $"""
                    INSERT INTO inbox (id, key, name, reopen_days, open_conversations, allow_native_apps, allow_preview, settings, created_at)
                    VALUES (@id, @key, @name, @reopenDays, @openConversations, @native, @preview, {database.Dialect.Json(
                        "setup"
                    )}, @now) ON CONFLICT DO NOTHING
                    """,
                    Row(inbox),
                    transaction
                );
                if (added == 0)
                    return false;
                await ReplaceOriginsAsync(transaction, inbox);
                return true;
            },
            cancellation
        );

    /// <summary>
    /// Name, settings and origins, of the inbox as it is under its lock: of two changes at once neither is lost. The key stays, because it stands in host pages.
    /// Null when there is no such inbox.
    /// </summary>
    public Task<Outcome<Inbox>?> ChangeAsync(InboxId id, Func<Inbox, Outcome<Inbox>> change, CancellationToken cancellation) =>
        database.WriteAsync<Outcome<Inbox>?>(
            async transaction =>
            {
                var connection = transaction.Connection!;
                await connection.ExecuteAsync(
                    $"SELECT id FROM inbox WHERE id = @id{database.Dialect.ForUpdate}",
                    new { id = id.Value },
                    transaction
                );
                if ((await ReadAsync(connection, transaction)).FirstOrDefault(inbox => inbox.Id == id) is not { } now)
                    return null;
                var changed = change(now);
                if (!changed.IsRefused)
                    await UpdateAsync(transaction, changed.Value);
                return changed;
            },
            cancellation
        );

    public Task<IReadOnlyList<Inbox>> ListAsync(CancellationToken cancellation) =>
        database.ReadAsync(connection => ReadAsync(connection, transaction: null), cancellation);

    public async Task<Inbox?> FindAsync(InboxId id, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).FirstOrDefault(inbox => inbox.Id == id);

    /// <summary>As the database keeps it.</summary>
    public static string Write(InboxSetup setup) => JsonSerializer.Serialize(setup, SetupJson.Default.InboxSetup);

    public Task AddMemberAsync(InboxId inbox, OperatorId member, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "INSERT INTO inbox_member (inbox_id, operator_id) VALUES (@inbox, @member) ON CONFLICT DO NOTHING",
                    new { inbox = inbox.Value, member = member.Value },
                    transaction
                ),
            cancellation
        );

    public Task RemoveMemberAsync(InboxId inbox, OperatorId member, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM inbox_member WHERE inbox_id = @inbox AND operator_id = @member",
                    new { inbox = inbox.Value, member = member.Value },
                    transaction
                ),
            cancellation
        );

    private static async Task<IReadOnlyList<Inbox>> ReadAsync(DbConnection connection, DbTransaction? transaction)
    {
        var rows = await connection.QueryAsync<InboxRow>(
            """
            SELECT id, key, name, reopen_days, open_conversations,
                allow_native_apps, allow_preview, CAST(settings AS text) AS settings
            FROM inbox ORDER BY key
            """,
            transaction: transaction
        );
        var origins = await connection.QueryAsync<OriginRow>(
            "SELECT inbox_id, origin FROM inbox_origin ORDER BY origin",
            transaction: transaction
        );
        var byInbox = origins.ToLookup(row => row.InboxId, row => row.Origin);
        var keys = await connection.QueryAsync<KeyRow>("SELECT inbox_id, kid, created_at FROM inbox_key", transaction: transaction);
        var keysByInbox = keys.ToLookup(row => row.InboxId, row => InboxKey.IdOf(row.Kid, row.CreatedAt));
        return [.. rows.Select(row => row.ToInbox([.. byInbox[row.Id]], keysByInbox[row.Id].ToFrozenSet()))];
    }

    private async Task UpdateAsync(DbTransaction transaction, Inbox inbox)
    {
        await transaction.Connection!.ExecuteAsync(
            $"""
            UPDATE inbox SET name = @name, reopen_days = @reopenDays, open_conversations = @openConversations,
                allow_native_apps = @native, allow_preview = @preview, settings = {database.Dialect.Json("setup")}
            WHERE id = @id
            """,
            Row(inbox),
            transaction
        );
        await ReplaceOriginsAsync(transaction, inbox);
    }

    private object Row(Inbox inbox) =>
        new
        {
            id = inbox.Id.Value,
            key = inbox.Key,
            name = inbox.Name,
            reopenDays = inbox.ReopenDays,
            openConversations = inbox.OpenConversations,
            native = inbox.AllowNativeApps,
            preview = inbox.AllowPreview,
            setup = Write(inbox.Setup),
            now = time.GetUtcNow(),
        };

    private static async Task ReplaceOriginsAsync(DbTransaction transaction, Inbox inbox)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync("DELETE FROM inbox_origin WHERE inbox_id = @id", new { id = inbox.Id.Value }, transaction);
        foreach (var origin in inbox.Origins.Distinct(StringComparer.Ordinal))
        {
            await connection.ExecuteAsync(
                "INSERT INTO inbox_origin (inbox_id, origin) VALUES (@id, @origin)",
                new { id = inbox.Id.Value, origin },
                transaction
            );
        }
    }

    private sealed class InboxRow
    {
        public Guid Id { get; init; }

        public string Key { get; init; } = "";

        public string Name { get; init; } = "";

        public int ReopenDays { get; init; }

        public int OpenConversations { get; init; }

        public bool AllowNativeApps { get; init; }

        public bool AllowPreview { get; init; }

        public string? Settings { get; init; }

        public Inbox ToInbox(IReadOnlyList<string> origins, IReadOnlySet<Guid> identityKeys) =>
            new()
            {
                Id = new InboxId(Id),
                Key = Key,
                Name = Name,
                ReopenDays = ReopenDays,
                OpenConversations = OpenConversations,
                AllowNativeApps = AllowNativeApps,
                AllowPreview = AllowPreview,
                Origins = origins,
                IdentityKeys = identityKeys,
                Setup = Settings is null ? InboxSetup.Default : JsonSerializer.Deserialize(Settings, SetupJson.Default.InboxSetup)!,
            };
    }

    private sealed class OriginRow
    {
        public Guid InboxId { get; init; }

        public string Origin { get; init; } = "";
    }

    private sealed class KeyRow
    {
        public Guid InboxId { get; init; }

        public string Kid { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }
    }
}
