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

        var refusal = await Assert.ThrowsAsync<ChatException>(() => _model.Outbox.Intake.AddAsync(Send("Hello"), CancellationToken.None));

        Assert.Equal("storage", refusal.Code);
        Assert.Empty(_model.Outbox.Waiting());
        Assert.Empty(_model.Conversations.Value[Pages.Id].Items);
    }

    [Fact]
    public async Task An_opening_that_could_not_be_stored_leaves_neither_a_conversation_nor_what_was_said_with_it()
    {
        _storage.IsFull = true;
        var opening = OutboxItem.New(Pages.Id, ChangeKind.OpenConversation) with { ClientId = Pages.Id.Value };

        await Assert.ThrowsAsync<ChatException>(() => _model.Outbox.Intake.AddAsync(opening, CancellationToken.None, then: Send("Hello")));

        Assert.Empty(_model.Outbox.Waiting());
        Assert.Empty(_model.Conversations.Value);
        _storage.IsFull = false;
        await _model.FlushAsync();
        Assert.DoesNotContain(
            await _storage.LoadAsync(CancellationToken.None),
            value => value.Key.StartsWith("outbox", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_waited_behind_a_change_that_could_not_be_stored_goes_on_without_it()
    {
        var thread = new BusyThread();
        IReadOnlyList<ConversationId> sendable = [];
        _model.Outbox.Filled = () => sendable = _model.Outbox.Waiting();
        _storage.IsFull = true;
        var first = thread.Begin(() => _model.Outbox.Intake.AddAsync(Send("First"), CancellationToken.None));
        await _model.FlushAsync();
        _storage.IsFull = false;
        await _model.Outbox.Intake.AddAsync(Send("Second"), CancellationToken.None);
        Assert.Empty(sendable);

        thread.GoOn();

        await Assert.ThrowsAsync<ChatException>(() => first);
        Assert.Equal([Pages.Id], sendable);
    }

    [Fact]
    public async Task A_refresh_token_that_could_not_be_stored_is_not_used_so_that_the_stored_one_stays_good()
    {
        var visitor = new VisitorId(Guid.CreateVersion7());
        await _model.Account.SetSessionAsync(new SavedSession(visitor, "first", Identified: false));
        _storage.IsFull = true;

        await Assert.ThrowsAsync<IOException>(() => _model.Account.SetSessionAsync(new SavedSession(visitor, "second", Identified: false)));

        Assert.Equal("first", _model.Account.Session!.RefreshToken);
    }

    [Fact]
    public async Task Of_two_sends_under_one_key_none_is_kept_when_the_first_could_not_be_stored()
    {
        var thread = new BusyThread();
        var change = OutboxItem.New(Pages.Id, ChangeKind.Send, Guid.NewGuid()) with { Body = "Hello" };
        _storage.IsFull = true;
        var first = thread.Begin(() => _model.Outbox.Intake.AddAsync(change, CancellationToken.None));
        await _model.FlushAsync();

        await Assert.ThrowsAsync<ChatException>(() => _model.Outbox.Intake.AddAsync(change, CancellationToken.None));

        thread.GoOn();
        await Assert.ThrowsAsync<ChatException>(() => first);
        Assert.Empty(_model.Outbox.Waiting());
    }

    [Fact]
    public async Task A_user_in_whose_place_another_could_not_be_stored_keeps_everything()
    {
        await _model.Account.SetSessionAsync(new SavedSession(new VisitorId(Guid.CreateVersion7()), "Anna's", Identified: true));
        await _model.Outbox.Intake.AddAsync(Send("Anna's words"), CancellationToken.None);
        _storage.IsFull = true;

        await Assert.ThrowsAsync<IOException>(() =>
            _model.Account.SetSessionAsync(new SavedSession(new VisitorId(Guid.CreateVersion7()), "Bea's", Identified: true))
        );

        Assert.Empty(_model.Account.Farewells);
        Assert.Equal([Pages.Id], _model.Outbox.Waiting());
        _storage.IsFull = false;
        await _model.Outbox.Intake.AddAsync(Send("More of Anna's words"), CancellationToken.None);
        var stored = new Restored(await _storage.LoadAsync(CancellationToken.None));
        Assert.Equal("Anna's", stored.Session!.RefreshToken);
        Assert.Equal(2, stored.Items.Count);
    }

    private static OutboxItem Send(string body) => OutboxItem.New(Pages.Id, ChangeKind.Send) with { Body = body };

    private static StorageChange Put(string key, byte value) => new(key, [value]);
}
