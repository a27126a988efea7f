using System.Threading.RateLimiting;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Web;

/// <summary>
/// The files with a hash in their names, in the database: those of this version and of those before. During a rolling update a page of one version asks
/// nodes of the other for its scripts, and a console that was open all the while may ask for any of them later.
/// </summary>
internal sealed class AssetStore(IDatabase database, WebFiles files, TimeProvider time) : IDisposable
{
    /// <summary>A page may be open for so long after its version is gone.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromDays(90);

    private const int PathLength = 200;

    // Whoever invents names gets no more of the database than this; each file is asked for once by a browser.
    private readonly TokenBucketRateLimiter _reads = new(
        new TokenBucketRateLimiterOptions
        {
            TokenLimit = 200,
            TokensPerPeriod = 50,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }
    );

    /// <summary>Keeps this version's, before any node of it serves; forgets what no version of late had.</summary>
    public Task<int> KeepAsync(CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                var now = time.GetUtcNow();
                var assets = files.Assets.ToArray();
                var known = (await connection.QueryAsync<string>("SELECT path FROM web_asset", transaction: transaction)).ToHashSet(
                    StringComparer.Ordinal
                );
                // The version that was brought here last may have served until now. A moment older than this one, so that it is the last no longer.
                await connection.ExecuteAsync(
                    "UPDATE web_asset SET kept_at = @before WHERE kept_at = (SELECT max(kept_at) FROM web_asset)",
                    new { before = now.AddSeconds(-1) },
                    transaction
                );
                var seen = assets.Where(asset => known.Contains(asset.Path)).Select(asset => new { path = asset.Path, now });
                await connection.ExecuteAsync("UPDATE web_asset SET kept_at = @now WHERE path = @path", seen, transaction);
                var added = assets
                    .Where(asset => !known.Contains(asset.Path))
                    .Select(asset => new
                    {
                        path = asset.Path,
                        content = asset.File.Content,
                        brotli = asset.File.Brotli,
                        now,
                    });
                await connection.ExecuteAsync(
                    """
                    INSERT INTO web_asset (path, content, brotli, kept_at) VALUES (@path, @content, @brotli, @now)
                    ON CONFLICT (path) DO UPDATE SET kept_at = excluded.kept_at
                    """,
                    added,
                    transaction
                );
                return await connection.ExecuteAsync("DELETE FROM web_asset WHERE kept_at < @then", new { then = now - Life }, transaction);
            },
            cancellation
        );

    /// <summary>One of another version; null when there is none.</summary>
    public async Task<WebFile?> FindAsync(string path, CancellationToken cancellation)
    {
        if (path.Length > PathLength || path.Contains('\0', StringComparison.Ordinal) || WebFiles.TypeOf(path) is not { } type)
            return null;
        using var lease = _reads.AttemptAcquire();
        if (!lease.IsAcquired)
            return null;
        var row = await database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<Row>("SELECT content, brotli FROM web_asset WHERE path = @path", new { path }),
            cancellation
        );
        return row is null ? null : new WebFile(row.Content, row.Brotli, type);
    }

    public void Dispose() => _reads.Dispose();

    private sealed class Row
    {
        public byte[] Content { get; init; } = [];

        public byte[]? Brotli { get; init; }
    }
}
