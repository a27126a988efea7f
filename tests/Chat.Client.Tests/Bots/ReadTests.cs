using Chat.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>When a bot's read mark is told: whoever dies before that is given the question again.</summary>
public sealed class ReadTests : IAsyncDisposable
{
    private static readonly OperatorId Bot = new(Guid.CreateVersion7());
    private static readonly (string, MarkSeq, int)? Told = ("Read", new MarkSeq(Pages.Id, 39), 1);

    private readonly ChatModel _model = new(Side.Operator, new MemoryStorage(), TimeProvider.System);
    private readonly MarkSender _marks;

    public ReadTests()
    {
        _marks = new MarkSender(_model, TimeProvider.System, NullLogger.Instance) { Link = () => null };
        _model.Account.SetMe(new Me(ActorKind.Operator, Bot.Value, "Bot", OperatorRole.Operator, []));
        _model.Apply(Pages.After(0, many: 40) with { Cursors = [new SideCursor(Side.Operator, Bot, 38, 38)] });
    }

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task An_answer_is_there_before_what_it_answers_counts_as_read()
    {
        var item = await AnswerAsync();
        Assert.Null(_marks.Due(Pages.Id));

        Store(item);

        Assert.Equal(Told, _marks.Due(Pages.Id));
    }

    [Fact]
    public async Task An_answer_that_is_held_is_not_there_before_it_is_released()
    {
        var item = await AnswerAsync();
        _model.Outbox.Acknowledge(item, new SendResult(ResultStatus.StaleView, Missing: [Pages.Message(40)]));
        Assert.Null(_marks.Due(Pages.Id));

        _model.Outbox.Retry(Pages.Id, item.ClientId.ToString(), expectedSeq: 40);
        Assert.Null(_marks.Due(Pages.Id));
        Store(_model.Outbox.Next(Pages.Id)!);

        Assert.Equal(Told, _marks.Due(Pages.Id));
    }

    [Fact]
    public async Task An_answer_that_is_refused_is_not_there_and_whoever_discards_it_has_the_mark_told()
    {
        var item = await AnswerAsync();
        _model.Outbox.Refuse(item, new ChatException(ErrorCode.TooLarge.Code));
        Assert.Null(_marks.Due(Pages.Id));
        var moved = new List<ConversationId>();
        _model.MarksMoved = moved.Add;

        Assert.Equal("Soon.", _model.Outbox.Discard(Pages.Id, item.ClientId.ToString()));

        Assert.Equal([Pages.Id], moved);
        Assert.Equal(Told, _marks.Due(Pages.Id));
    }

    [Fact]
    public async Task An_answer_that_is_refused_because_the_bot_has_written_another_one_under_its_key_holds_nothing_back()
    {
        var item = await AnswerAsync();
        _model.Apply(Under(item, new Actor(ActorKind.Operator, Bot.Value, "Bot")));
        _model.Outbox.Refuse(item, new ChatException(ErrorCode.Conflict.Code));

        Assert.Equal(Told, _marks.Due(Pages.Id));
    }

    [Fact]
    public async Task An_answer_whose_key_the_visitor_has_taken_is_not_there()
    {
        var item = await AnswerAsync();
        _model.Apply(Under(item, new Actor(ActorKind.Visitor, Guid.CreateVersion7(), null)));
        _model.Outbox.Refuse(item, new ChatException(ErrorCode.Conflict.Code));

        Assert.NotEqual("Read", _marks.Due(Pages.Id)?.Method);
    }

    private static ChatEvent Under(OutboxItem item, Actor by) =>
        Pages.Message(41) with
        {
            ClientId = item.ClientId,
            Actor = by,
            Data = new EventData { Body = "Another text" },
        };

    private async Task<OutboxItem> AnswerAsync()
    {
        var item = OutboxItem.New(Pages.Id, ChangeKind.Send) with { Body = "Soon." };
        await _model.Outbox.Intake.AddAsync(item, CancellationToken.None);
        _marks.Read(Pages.Id, 39);
        return _model.Outbox.Next(Pages.Id)!;
    }

    private void Store(OutboxItem item) =>
        _model.Outbox.Acknowledge(item, new SendResult(ResultStatus.Ok, Pages.Message(41) with { ClientId = item.ClientId }));
}
