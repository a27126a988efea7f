using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>A storage that takes nothing for a while.</summary>
public sealed class FullDiskTests : IAsyncDisposable
{
    private readonly FullStorage _storage = new();
    private readonly ChatModel _model;

    public FullDiskTests() => _model = new ChatModel(Side.Visitor, _storage, TimeProvider.System);

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task What_could_not_be_written_is_written_with_what_comes_next_and_in_its_newest_form()
    {
        var writer = new StorageWriter(_storage);
        await writer.Add([Put("a", 1)], durable: true);
        _storage.IsFull = true;
        await Assert.ThrowsAsync<IOException>(() => writer.Add([Put("b", 1), Put("c", 1)], durable: true));
        await Assert.ThrowsAsync<IOException>(() => writer.Add([Put("b", 2), new StorageChange("a", null)], durable: true));
        _storage.IsFull = false;

        await writer.Add([Put("d", 1)], durable: true);

        var values = await _storage.LoadAsync(CancellationToken.None);
        Assert.Equal([("b", 2), ("c", 1), ("d", 1)], values.OrderBy(v => v.Key).Select(v => (v.Key, (int)v.Value[0])));
    }

    [Fact]
    public async Task A_change_that_could_not_be_stored_is_refused_and_neither_shown_nor_sent()
    {
        _storage.IsFull = true;
        var send = OutboxItem.New(Pages.Id, ChangeKind.Send) with { Body = "Hello" };

        var refusal = await Assert.ThrowsAsync<ChatException>(() => _model.Outbox.AddAsync(send, CancellationToken.None));

        Assert.Equal("storage", refusal.Code);
        Assert.Empty(_model.Outbox.Waiting());
        Assert.Empty(_model.Conversations.Value[Pages.Id].Items);
    }

    [Fact]
    public async Task A_refresh_token_that_could_not_be_stored_is_not_used_so_that_the_stored_one_stays_good()
    {
        var visitor = new VisitorId(Guid.CreateVersion7());
        await _model.SetSessionAsync(new SavedSession(visitor, "first", Identified: false));
        _storage.IsFull = true;

        await Assert.ThrowsAsync<IOException>(() => _model.SetSessionAsync(new SavedSession(visitor, "second", Identified: false)));

        Assert.Equal("first", _model.Session!.RefreshToken);
    }

    private static StorageChange Put(string key, byte value) => new(key, [value]);

    private sealed class FullStorage : IChatStorage
    {
        private readonly MemoryStorage _memory = new();

        public bool IsFull { get; set; }

        public Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken) =>
            _memory.LoadAsync(cancellationToken);

        public Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken) =>
            IsFull ? throw new IOException("No space left on device.") : _memory.WriteAsync(changes, durable, cancellationToken);

        public Task WipeAsync(CancellationToken cancellationToken) => _memory.WipeAsync(cancellationToken);

        public ValueTask DisposeAsync() => _memory.DisposeAsync();
    }
}
