using Xunit;

namespace Chat.Client.Tests;

/// <summary>A storage is asked for one thing at a time, also when it is emptied.</summary>
public sealed class StorageWriterTests : IAsyncDisposable
{
    private readonly SlowStorage _storage = new();

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    [Fact]
    public async Task What_is_written_while_the_storage_is_emptied_waits_and_stays()
    {
        var writer = new StorageWriter(_storage);
        await writer.Add([Put("before")], durable: true);
        var wiped = writer.WipeAsync();
        await _storage.Wiping.Task;

        var written = writer.Add([Put("after")], durable: true);

        Assert.False(written.IsCompleted);
        _storage.MayWipe.SetResult();
        await wiped;
        await written;
        Assert.False(_storage.HasOverlapped);
        Assert.Equal(["after"], (await _storage.LoadAsync(CancellationToken.None)).Keys);
    }

    private static StorageChange Put(string key) => new(key, [1]);

    /// <summary>Is emptied when the test says so.</summary>
    private sealed class SlowStorage : IChatStorage
    {
        private readonly MemoryStorage _memory = new();
        private bool _isWiping;

        public bool HasOverlapped { get; private set; }

        public TaskCompletionSource Wiping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayWipe { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken) =>
            _memory.LoadAsync(cancellationToken);

        public Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken)
        {
            HasOverlapped |= _isWiping;
            return _memory.WriteAsync(changes, durable, cancellationToken);
        }

        public async Task WipeAsync(CancellationToken cancellationToken)
        {
            _isWiping = true;
            Wiping.SetResult();
            await MayWipe.Task;
            await _memory.WipeAsync(cancellationToken);
            _isWiping = false;
        }

        public ValueTask DisposeAsync() => _memory.DisposeAsync();
    }
}
