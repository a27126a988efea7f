using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

public sealed class OutboxTests : IAsyncDisposable
{
    private readonly ChatModel _model = new(Side.Visitor, new MemoryStorage(), TimeProvider.System);

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task A_message_does_not_overtake_the_one_before_it_though_its_sender_hears_first_that_it_is_stored()
    {
        var thread = new BusyThread();
        var first = thread.Begin(() => _model.Outbox.Intake.AddAsync(Send("First"), CancellationToken.None));
        await _model.Outbox.Intake.AddAsync(Send("Second"), CancellationToken.None);

        Assert.Null(_model.Outbox.Next(Pages.Id));
        Assert.Empty(_model.Outbox.Waiting());

        thread.GoOn();
        await first;
        Assert.Equal("First", _model.Outbox.Next(Pages.Id)!.Body);
    }

    [Fact]
    public async Task Other_conversations_do_not_wait_for_it()
    {
        var thread = new BusyThread();
        var other = new ConversationId(Guid.CreateVersion7());
        var first = thread.Begin(() => _model.Outbox.Intake.AddAsync(Send("First"), CancellationToken.None));
        await _model.Outbox.Intake.AddAsync(Send("Elsewhere") with { ConversationId = other }, CancellationToken.None);

        Assert.Equal([other], _model.Outbox.Waiting());

        thread.GoOn();
        await first;
    }

    [Fact]
    public async Task A_masked_message_that_the_log_has_is_not_shown_once_more_when_the_client_has_ended()
    {
        _model.Apply(Pages.After(0, Pages.Head));
        await _model.Outbox.Intake.AddAsync(Send("4111 1111 1111 1111"), CancellationToken.None);
        var key = _model.Outbox.Next(Pages.Id)!.ClientId;
        _model.Apply(Pages.Taken(key, new Actor(ActorKind.Visitor, Guid.CreateVersion7()), "**** **** **** 1111"));

        _model.SetEnding(new ChatException("replaced"));

        Assert.Single(_model.Conversations.Value[Pages.Id].Items, item => item.Mine);
    }

    private static OutboxItem Send(string body) => OutboxItem.New(Pages.Id, ChangeKind.Send) with { Body = body };
}
