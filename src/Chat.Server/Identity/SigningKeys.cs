using System.Collections.Frozen;
using System.Security.Cryptography;
using Chat.Server.Storage;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Identity;

/// <summary>
/// Keys of our own access tokens, the same on all nodes: the one that has not retired signs, a retired one verifies until the last token that it may have signed has
/// ended. A node that meets an unknown key reads again, at most once a second, because anybody can invent key names.
/// </summary>
internal sealed partial class SigningKeys(
    KeyStore store,
    SecretBox box,
    IOptions<IdentityOptions> options,
    TimeProvider time,
    ILogger<SigningKeys> logger
) : IDisposable
{
    public const string Algorithm = SecurityAlgorithms.HmacSha256;

    private const string Purpose = "signing-key";
    private const int SecretSize = 32;
    private static readonly TimeSpan UnknownPause = TimeSpan.FromSeconds(1);

    // Nodes go on signing with a retired key until they have read the new one; clocks differ.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _reading = new(1, 1);

    // Swapped as a whole by the one reader that holds _reading; read without a lock.
    private volatile Snapshot _snapshot = new([], 0);

    /// <summary>The key to sign with.</summary>
    public SigningCredentials Current =>
        _snapshot.Keys.Count > 0
            ? _snapshot.Keys[0].Credentials
            : throw new InvalidOperationException("Signing keys have not been read yet.");

    /// <summary>Makes the first key when there is none, and reads. Before the first request.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await RefreshAsync(cancellation);
        if (_snapshot.Keys.Count == 0)
        {
            await AddAsync(onlyFirst: true, cancellation);
            await RefreshAsync(cancellation);
        }
    }

    /// <summary>A new key signs from now on; the name of it.</summary>
    public async Task<string> RotateAsync(CancellationToken cancellation)
    {
        var kid = await AddAsync(onlyFirst: false, cancellation);
        await store.DropSigningKeysAsync(time.GetUtcNow() - options.Value.AccessTokenLife - Grace, cancellation);
        await RefreshAsync(cancellation);
        return kid;
    }

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await ReadAsync(cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Whether tokens of the key of this name are good, as far as this node has read.</summary>
    public bool Verifies(string kid) => _snapshot.Find(kid, time.GetUtcNow()) is not null;

    /// <summary>The key that verifies tokens of this name, or null.</summary>
    public ValueTask<SecurityKey?> FindAsync(string kid, CancellationToken cancellation)
    {
        var key = _snapshot.Find(kid, time.GetUtcNow());
        return key is not null ? new(key) : new(FindAgainAsync(kid, cancellation));
    }

    public void Dispose() => _reading.Dispose();

    private async Task<SecurityKey?> FindAgainAsync(string kid, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (time.GetElapsedTime(_snapshot.ReadAt) >= UnknownPause)
                await ReadAsync(cancellation);
        }
        catch (StoreUnavailableException exception)
        {
            LogUnreadable(exception);
        }
        finally
        {
            _reading.Release();
        }
        return _snapshot.Find(kid, time.GetUtcNow());
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var readAt = time.GetTimestamp();
        var known = _snapshot.ByKid;
        var keys = new List<LoadedKey>();
        foreach (var stored in await store.ReadSigningKeysAsync(cancellation))
        {
            var verifiesUntil = stored.RetiredAt + options.Value.AccessTokenLife + Grace ?? DateTimeOffset.MaxValue;
            // The same object for the same key: the token library caches its hash state by it.
            var credentials = known.TryGetValue(stored.Kid, out var same) ? same.Credentials : Load(stored);
            keys.Add(new LoadedKey(stored.Kid, credentials, verifiesUntil));
        }
        _snapshot = new Snapshot(keys, readAt);
    }

    private SigningCredentials Load(StoredSigningKey stored)
    {
        try
        {
            return new(new SymmetricSecurityKey(box.Open(Purpose, stored.Secret)) { KeyId = stored.Kid }, Algorithm);
        }
        catch (CryptographicException e)
        {
            throw new UnfitKeyException(
                $"The master key (Identity:MasterKey, or {MasterKey.FileName} in Storage:DataFolder) is not the one that this database's keys lie under.",
                e
            );
        }
    }

    private async Task<string> AddAsync(bool onlyFirst, CancellationToken cancellation)
    {
        // The time in a UUIDv7 would be the machine's clock; names only have to differ.
        var kid = Guid.NewGuid().ToString("n");
        await store.AddSigningKeyAsync(kid, box.Seal(Purpose, RandomNumberGenerator.GetBytes(SecretSize)), onlyFirst, cancellation);
        return kid;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Signing keys could not be read again; tokens of new keys are refused until they can be"
    )]
    private partial void LogUnreadable(Exception exception);

    private sealed record LoadedKey(string Kid, SigningCredentials Credentials, DateTimeOffset VerifiesUntil);

    private sealed class Snapshot(IReadOnlyList<LoadedKey> keys, long readAt)
    {
        public IReadOnlyList<LoadedKey> Keys { get; } = keys;

        public long ReadAt { get; } = readAt;

        public FrozenDictionary<string, LoadedKey> ByKid { get; } = keys.ToFrozenDictionary(key => key.Kid, StringComparer.Ordinal);

        public SecurityKey? Find(string kid, DateTimeOffset now) =>
            ByKid.TryGetValue(kid, out var key) && now < key.VerifiesUntil ? key.Credentials.Key : null;
    }
}
