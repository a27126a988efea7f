using System.Data.Common;
using Chat.Server.Storage;
using Dapper;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>
/// Sessions that are continued by refresh tokens. The only state is the last generation used in each family: a token is good while no later one of its
/// family was used, so an answer that got lost costs nothing; one that comes after a later one was stolen or restored from a copy, and ends the family.
/// </summary>
internal sealed partial class RefreshFamilies(
    IDatabase database,
    RefreshTokens tokens,
    SessionEnds ends,
    IOptions<IdentityOptions> options,
    TimeProvider time,
    ILogger<RefreshFamilies> logger
)
{
    // More than the clocks of nodes differ, and more than a transaction takes to be seen.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    // When the ends were last read. Written by one reader at a time; null before the first.
    private DateTimeOffset? _learnedAt;

    /// <summary>The first token of a new family. Writes nothing.</summary>
    public string Start(RefreshKind kind, Guid holder, Guid scope, Guid device, Guid identityKey = default) =>
        tokens.Write(new RefreshToken(kind, holder, scope, device, Guid.NewGuid(), 1, Expiry(kind), identityKey));

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
        var used = await database.WriteAsync<(bool IsGood, SessionEnd? Ended)>(
            async transaction =>
                await AdvanceAsync(transaction, token) == 1 ? (true, null) : (false, await EndAsync(transaction, token, SessionEnd.Reused)),
            used =>
            {
                if (!used.IsGood)
                    Tell(token, used.Ended);
            },
            cancellation
        );
        return used.IsGood;
    }

    /// <summary>Signs the family out for good; again is harmless.</summary>
    public async Task RevokeAsync(RefreshToken token, CancellationToken cancellation)
    {
        await database.WriteAsync(
            transaction => EndAsync(transaction, token, SessionEnd.SignedOut),
            _ => Tell(token, SessionEnd.SignedOut),
            cancellation
        );
    }

    /// <summary>
    /// Uses the token of a visitor who was identified up within a transaction that does more: its family ends, which is to be <see cref="Tell">told</see> after
    /// the commit. Identified: the token was still good. Null: the family had ended before.
    /// </summary>
    public async Task<SessionEnd?> SpendAsync(DbTransaction transaction, RefreshToken token)
    {
        var why = await AdvanceAsync(transaction, token) == 1 ? SessionEnd.Identified : SessionEnd.Reused;
        return await EndAsync(transaction, token, why);
    }

    /// <summary>After the commit: sockets and access tokens of the family end, here and on the other nodes.</summary>
    /// <param name="ended">Of the family.</param>
    /// <param name="why">Null: it had ended before, and whoever ended it may have died before telling it.</param>
    public void Tell(RefreshToken ended, SessionEnd? why)
    {
        if (why == SessionEnd.Reused)
            LogReused(ended.Kind, ended.Holder, ended.Family, ended.Generation);
        ends.End(new EndedSession(ended.Family, ended.Holder, why ?? SessionEnd.Identified));
    }

    /// <summary>
    /// Learns which sessions ended, wherever that was, as far back as access tokens of theirs may live: at the start of a node, and again and again since
    /// the bus may have been away.
    /// </summary>
    public async Task LearnEndsAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var since = (_learnedAt ?? now - options.Value.AccessTokenLife) - Skew;
        var rows = await database.ReadAsync(
            connection =>
                connection.QueryAsync<EndedRow>(
                    "SELECT family, holder_id, ended_by FROM refresh_family WHERE ended_at > @since",
                    new { since }
                ),
            cancellation
        );
        foreach (var row in rows)
            ends.Learn(new EndedSession(row.Family, row.HolderId, (SessionEnd)row.EndedBy));
        _learnedAt = now;
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

    /// <summary>
    /// Ends the family; null when it had ended before. The device is woken no longer: it says where it is when it has its next session.
    /// </summary>
    private async Task<SessionEnd?> EndAsync(DbTransaction transaction, RefreshToken token, SessionEnd why)
    {
        var row = Row(token, why);
        if (token.Kind == RefreshKind.Visitor)
            await transaction.Connection!.ExecuteAsync(
                "DELETE FROM device WHERE visitor_id = @holder AND device_id = @device",
                row,
                transaction
            );
        return
            await transaction.Connection!.ExecuteAsync(
                """
                INSERT INTO refresh_family (family, holder_id, generation, revoked, expires_at, ended_at, ended_by)
                VALUES (@family, @holder, @generation, TRUE, @expiresAt, @now, @why)
                ON CONFLICT (family) DO UPDATE SET
                    revoked = TRUE, expires_at = excluded.expires_at, ended_at = excluded.ended_at, ended_by = excluded.ended_by
                WHERE NOT refresh_family.revoked
                """,
                row,
                transaction
            ) == 1
            ? why
            : null;
    }

    // The row must outlive every token of the family, and the youngest may have been made just now.
    private object Row(RefreshToken token, SessionEnd? why = null) =>
        new
        {
            family = token.Family,
            holder = token.Holder,
            device = token.Device,
            generation = token.Generation,
            expiresAt = Expiry(token.Kind),
            now = time.GetUtcNow(),
            why = (short?)why,
        };

    private DateTimeOffset Expiry(RefreshKind kind) =>
        time.GetUtcNow() + (kind == RefreshKind.Visitor ? options.Value.VisitorSessionLife : options.Value.OperatorSessionLife);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Session {Session} of {Kind} {Holder} has ended: generation {Generation} of its refresh token came back after a later one was used, so it was stolen or restored from a copy"
    )]
    private partial void LogReused(RefreshKind kind, Guid holder, Guid session, int generation);

    private sealed class EndedRow
    {
        public Guid Family { get; init; }

        public Guid HolderId { get; init; }

        public short EndedBy { get; init; }
    }
}
