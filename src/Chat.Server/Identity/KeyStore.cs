using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Identity;

/// <summary>A server signing key as it is stored; the secret is a <see cref="SecretBox"/>.</summary>
internal sealed class StoredSigningKey
{
    public string Kid { get; init; } = "";

    public byte[] Secret { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>A host site's key, with which it signs who its visitors are. The algorithm is the key's and never the token's.</summary>
internal sealed record InboxKey(InboxId InboxId, string Kid, string Algorithm, byte[] Material)
{
    /// <summary>Names what was stored: sessions that it vouched for end with it. Another key that gets the same name later has another one.</summary>
    public Guid Id { get; init; }

    public static Guid IdOf(string kid, DateTimeOffset createdAt) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{createdAt.ToUnixTimeMilliseconds()} {kid}")).AsSpan(0, 16));
}

/// <summary>Keys in the database, all encrypted.</summary>
internal sealed class KeyStore(IDatabase database, SecretBox box, TimeProvider time)
{
    private const string InboxPurpose = "inbox-key";

    /// <summary>The one to sign with first: not by its time, since the clocks of those who add keys differ.</summary>
    public Task<IReadOnlyList<StoredSigningKey>> ReadSigningKeysAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<StoredSigningKey>>(
            async connection =>
                (
                    await connection.QueryAsync<StoredSigningKey>(
                        """
                        SELECT kid, secret, created_at, retired_at
                        FROM signing_key ORDER BY retired_at IS NOT NULL, created_at DESC, kid DESC
                        """
                    )
                ).AsList(),
            cancellation
        );

    /// <summary>Adds a signing key; the others retire now, or stay when only the first one is wanted and there is one already.</summary>
    public Task AddSigningKeyAsync(string kid, byte[] secret, bool onlyFirst, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                var now = time.GetUtcNow();
                if (
                    onlyFirst
                    && await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM signing_key", transaction: transaction) > 0
                )
                    return 0;
                await connection.ExecuteAsync(
                    "UPDATE signing_key SET retired_at = @now WHERE retired_at IS NULL",
                    new { now },
                    transaction
                );
                return await connection.ExecuteAsync(
                    "INSERT INTO signing_key (kid, secret, created_at) VALUES (@kid, @secret, @now)",
                    new
                    {
                        kid,
                        secret,
                        now,
                    },
                    transaction
                );
            },
            cancellation
        );

    public Task DropSigningKeysAsync(DateTimeOffset retiredBefore, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM signing_key WHERE retired_at < @retiredBefore",
                    new { retiredBefore },
                    transaction
                ),
            cancellation
        );

    public async Task<InboxKey?> FindInboxKeyAsync(InboxId inbox, string kid, CancellationToken cancellation)
    {
        var row = await database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<InboxKeyRow>(
                    "SELECT algorithm, material, created_at FROM inbox_key WHERE inbox_id = @inbox AND kid = @kid",
                    new { inbox = inbox.Value, kid }
                ),
            cancellation
        );
        return row is null
            ? null
            : new InboxKey(inbox, kid, row.Algorithm, box.Open(Purpose(inbox), row.Material)) { Id = InboxKey.IdOf(kid, row.CreatedAt) };
    }

    /// <summary>Oldest first, without their secrets.</summary>
    public Task<IReadOnlyList<IdentityKeyFace>> ListInboxKeysAsync(InboxId inbox, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<IdentityKeyFace>>(
            async connection =>
            {
                var rows = await connection.QueryAsync<InboxKeyRow>(
                    "SELECT kid, algorithm, created_at FROM inbox_key WHERE inbox_id = @inbox ORDER BY created_at, kid",
                    new { inbox = inbox.Value }
                );
                return [.. rows.Select(row => new IdentityKeyFace(row.Kid, row.Algorithm, row.CreatedAt))];
            },
            cancellation
        );

    /// <summary>False when the inbox has a key of that name: a kid never changes its key or algorithm.</summary>
    public async Task<bool> AddInboxKeyAsync(InboxKey key, CancellationToken cancellation)
    {
        var row = new
        {
            inbox = key.InboxId.Value,
            kid = key.Kid,
            algorithm = key.Algorithm,
            material = box.Seal(Purpose(key.InboxId), key.Material),
            now = time.GetUtcNow(),
        };
        var added = await database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO inbox_key (inbox_id, kid, algorithm, material, created_at)
                    VALUES (@inbox, @kid, @algorithm, @material, @now) ON CONFLICT DO NOTHING
                    """,
                    row,
                    transaction
                ),
            cancellation
        );
        return added == 1;
    }

    public Task<int> RemoveInboxKeyAsync(InboxId inbox, string kid, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM inbox_key WHERE inbox_id = @inbox AND kid = @kid",
                    new { inbox = inbox.Value, kid },
                    transaction
                ),
            cancellation
        );

    // The inbox is part of the purpose: a key copied to another inbox's row does not open.
    private static string Purpose(InboxId inbox) => $"{InboxPurpose}/{inbox}";

    private sealed class InboxKeyRow
    {
        public string Kid { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }

        public string Algorithm { get; init; } = "";

        public byte[] Material { get; init; } = [];
    }
}
