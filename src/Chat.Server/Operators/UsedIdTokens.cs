using System.Security.Cryptography;
using System.Text;
using Chat.Server.Storage;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Chat.Server.Operators;

/// <summary>ID tokens with which somebody has signed in: each is good for once, on whichever node.</summary>
internal sealed class UsedIdTokens(IDatabase database, TimeProvider time)
{
    /// <summary>False when it was used before.</summary>
    /// <param name="token">One that is valid.</param>
    /// <param name="until">When it is valid no longer.</param>
    /// <param name="cancellation">Of the request.</param>
    public async Task<bool> TryUseAsync(JsonWebToken token, DateTimeOffset until, CancellationToken cancellation)
    {
        // What was signed and not the signature: some kinds have two for the same.
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{token.EncodedHeader}.{token.EncodedPayload}")));
        return await database.WriteAsync(
                transaction =>
                    transaction.Connection!.ExecuteAsync(
                        "INSERT INTO used_id_token (digest, expires_at) VALUES (@digest, @until) ON CONFLICT DO NOTHING",
                        new { digest, until },
                        transaction
                    ),
                cancellation
            ) == 1;
    }

    public Task<int> PurgeAsync(CancellationToken cancellation) =>
        database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    "DELETE FROM used_id_token WHERE expires_at < @now",
                    new { now = time.GetUtcNow() },
                    transaction
                ),
            cancellation
        );
}
