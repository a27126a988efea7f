using Chat.Server.Storage;
using Dapper;
using Microsoft.Extensions.Caching.Memory;

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

    /// <summary>Bytes in memory: some twenty versions.</summary>
    private const int Room = 32 << 20;

    /// <summary>The names are read again at most this often, whatever names are asked for: whoever invents some gets no more of the database.</summary>
    private static readonly TimeSpan NamesLife = TimeSpan.FromSeconds(1);

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = Room });

    // One read of the database at a time; guards the writing of the field below.
    private readonly SemaphoreSlim _reading = new(1);
    private volatile Names _names = new([], null);

    /// <summary>Keeps this version's, before any node of it serves; forgets what no version of late had.</summary>
    public async Task<int> KeepAsync(CancellationToken cancellation)
    {
        var forgotten = await WriteAsync(cancellation);
        _names = new([], null);
        _kept.Clear();
        return forgotten;
    }

    /// <summary>One of another version; null when there is none.</summary>
    public async Task<WebFile?> FindAsync(string path, CancellationToken cancellation)
    {
        if (path.Length > PathLength || path.Contains('\0', StringComparison.Ordinal) || WebFiles.TypeOf(path) is not { } type)
            return null;
        if (_kept.TryGetValue(path, out WebFile? kept))
            return kept;
        if (!IsKnown(path) && AreNew(_names))
            return null;
        await _reading.WaitAsync(cancellation);
        try
        {
            return _kept.TryGetValue(path, out kept) ? kept : await ReadAsync(path, type, cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        _reading.Dispose();
    }

    private bool IsKnown(string path) => _names.Paths.Contains(path);

    private bool AreNew(Names names) => names.ReadAt is { } at && time.GetElapsedTime(at) < NamesLife;

    private async Task<WebFile?> ReadAsync(string path, string type, CancellationToken cancellation)
    {
        if (!IsKnown(path) && !AreNew(_names))
            _names = new(await ReadNamesAsync(cancellation), time.GetTimestamp());
        if (!IsKnown(path))
            return null;
        var row = await database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<Row>("SELECT content, brotli FROM web_asset WHERE path = @path", new { path }),
            cancellation
        );
        if (row is null)
            return null;
        var file = new WebFile(row.Content, row.Brotli, type);
        return _kept.Set(path, file, new MemoryCacheEntryOptions { Size = row.Content.Length + (row.Brotli?.Length ?? 0) });
    }

    private Task<HashSet<string>> ReadNamesAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            async connection => (await connection.QueryAsync<string>("SELECT path FROM web_asset")).ToHashSet(StringComparer.Ordinal),
            cancellation
        );

    private Task<int> WriteAsync(CancellationToken cancellation) =>
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

    private sealed record Names(HashSet<string> Paths, long? ReadAt);

    private sealed class Row
    {
        public byte[] Content { get; init; } = [];

        public byte[]? Brotli { get; init; }
    }
}
