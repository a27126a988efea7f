using System.Data.Common;
using Chat.Server.Storage;
using Dapper;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>
/// Sessions that are continued by refresh tokens. The only state is the last generation used in each family: a token is good while no later one of its
/// family was used, so an answer that got lost costs nothing; one that comes after a later one was stolen or restored from a copy, and ends the family.
/// </summary>
internal sealed class RefreshFamilies(IDatabase database, RefreshTokens tokens, IOptions<IdentityOptions> options, TimeProvider time)
{
    /// <summary>The first token of a new family. Writes nothing.</summary>
    public string Start(RefreshKind kind, Guid holder, Guid scope, Guid device) =>
        tokens.Write(new RefreshToken(kind, holder, scope, device, Guid.NewGuid(), 1, Expiry(kind)));

    /// <summary>The token to use next.</summary>
    public string Continue(RefreshToken used) =>
        tokens.Write(used with { Generation = used.Generation + 1, ExpiresAt = Expiry(used.Kind) });

    /// <summary>Null for anything that is not an unexpired token of ours and of this kind.</summary>
    public RefreshToken? Read(RefreshKind kind, string? text) =>
        tokens.Read(text) is { } token && token.Kind == kind && token.ExpiresAt > time.GetUtcNow() ? token : null;

    /// <summary>
    /// Whether the token is still good; when it is, every earlier one of its family ends. The first use of a first generation writes nothing: without
    /// a row, generation 1 is the last one used.
    /// </summary>
    public async Task<bool> UseAsync(RefreshToken token, CancellationToken cancellation)
    {
        if (token.Generation == 1 && !await HasRowAsync(token.Family, cancellation))
            return true;
        return await database.WriteAsync(
            async transaction =>
            {
                if (await AdvanceAsync(transaction, token) == 1)
                    return true;
                await EndAsync(transaction, token);
                return false;
            },
            cancellation
        );
    }

    /// <summary>Ends the family for good; again is harmless.</summary>
    public Task RevokeAsync(RefreshToken token, CancellationToken cancellation) =>
        database.WriteAsync(transaction => EndAsync(transaction, token), cancellation);

    /// <summary>Uses the token up within a transaction that does more: its family ends. False when it was no longer good.</summary>
    public async Task<bool> SpendAsync(DbTransaction transaction, RefreshToken token)
    {
        var isGood = await AdvanceAsync(transaction, token) == 1;
        await EndAsync(transaction, token);
        return isGood;
    }

    /// <summary>Forgets families of which no token lives any more.</summary>
    public Task<int> PurgeAsync(CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM refresh_family WHERE expires_at < @now",
                    new { now = time.GetUtcNow() },
                    transaction
                ),
            cancellation
        );

    private Task<bool> HasRowAsync(Guid family, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
                await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM refresh_family WHERE family = @family", new { family }) > 0,
            cancellation
        );

    private Task<int> AdvanceAsync(DbTransaction transaction, RefreshToken token) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO refresh_family (family, holder_id, generation, revoked, expires_at)
            VALUES (@family, @holder, @generation, FALSE, @expiresAt)
            ON CONFLICT (family) DO UPDATE SET generation = excluded.generation, expires_at = excluded.expires_at
            WHERE NOT refresh_family.revoked AND refresh_family.generation <= excluded.generation
            """,
            Row(token),
            transaction
        );

    private Task<int> EndAsync(DbTransaction transaction, RefreshToken token) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO refresh_family (family, holder_id, generation, revoked, expires_at)
            VALUES (@family, @holder, @generation, TRUE, @expiresAt)
            ON CONFLICT (family) DO UPDATE SET revoked = TRUE, expires_at = excluded.expires_at
            """,
            Row(token),
            transaction
        );

    // The row must outlive every token of the family, and the youngest may have been made just now.
    private object Row(RefreshToken token) =>
        new
        {
            family = token.Family,
            holder = token.Holder,
            generation = token.Generation,
            expiresAt = Expiry(token.Kind),
        };

    private DateTimeOffset Expiry(RefreshKind kind) =>
        time.GetUtcNow() + (kind == RefreshKind.Visitor ? options.Value.VisitorSessionLife : options.Value.OperatorSessionLife);
}
