using Chat.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>What a device says that it has: the server wakes it for the rest.</summary>
public sealed class MarkSenderTests : IAsyncDisposable
{
    private readonly RecordingLink _link = new();
    private readonly ChatModel _model = new(Side.Visitor, new MemoryStorage(), TimeProvider.System);
    private readonly MarkSender _marks;

    public MarkSenderTests()
    {
        _marks = new MarkSender(_model, TimeProvider.System, NullLogger.Instance) { Link = () => _link };
        _model.Apply(Pages.After(0, many: 1));
        _model.MarksMoved = _marks.Touch;
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    [Fact]
    public async Task A_device_that_is_to_be_woken_tells_what_it_has_though_another_one_was_ahead_of_it()
    {
        await _model.Account.SetPushDeviceAsync(new SavedDevice("fcm", "token"));
        _model.Apply(new CursorMoved(Pages.Id, Side.Visitor, null, 2, 0));

        _model.Apply(Pages.Message(2));

        Assert.Equal(new MarkSeq(Pages.Id, 2), await _link.CallOfAsync("Delivered"));
    }

    [Fact]
    public async Task Other_devices_leave_it_at_what_is_known_of_the_visitor()
    {
        _model.Apply(new CursorMoved(Pages.Id, Side.Visitor, null, 2, 0));

        _model.Apply(Pages.Message(2));
        _model.Apply(Pages.Message(3));

        Assert.Equal(new MarkSeq(Pages.Id, 3), await _link.CallOfAsync("Delivered"));
    }

    [Fact]
    public void What_comes_while_nobody_looks_is_not_read_with_what_was_seen_before()
    {
        _marks.IsShown = false;
        _marks.Read(Pages.Id);
        _model.Apply(Pages.Message(2));

        _marks.IsShown = true;

        Assert.Equal(1, _model.Look(Pages.Id, held => held!.Own.ReadSeq));
        Assert.Equal(1, _model.Unread.Value);
        _marks.Read(Pages.Id);
        Assert.Equal(2, _model.Look(Pages.Id, held => held!.Own.ReadSeq));
    }

    [Fact]
    public void What_was_seen_before_is_not_forgotten_when_something_earlier_is_read_while_nobody_looks()
    {
        _model.Apply(Pages.Message(2));
        _marks.IsShown = false;
        _marks.Read(Pages.Id);
        _marks.Read(Pages.Id, upTo: 1);

        _marks.IsShown = true;

        Assert.Equal(2, _model.Look(Pages.Id, held => held!.Own.ReadSeq));
    }

    [Fact]
    public void What_was_seen_of_a_log_that_was_replaced_is_not_read_in_the_one_of_now()
    {
        _model.Apply(Pages.After(0, many: 2, epoch: 2) with { Reset = true });

        _marks.Read(Pages.Id, upTo: 1, epoch: 1);

        Assert.Equal(2, _model.Unread.Value);
        _marks.Read(Pages.Id, upTo: 1, epoch: 2);
        Assert.Equal(1, _model.Unread.Value);
    }

    [Fact]
    public async Task A_mark_that_is_answered_after_the_log_was_replaced_says_nothing_of_the_one_of_now()
    {
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var link = new RecordingLink
        {
            Answer = request => request is MarkSeq { Seq: 1 } ? answer.Task : Task.FromResult<object?>(null),
        };
        var marks = new MarkSender(_model, TimeProvider.System, NullLogger.Instance) { Link = () => link };
        marks.Read(Pages.Id);
        await link.CallOfAsync("Read");
        _model.MarksMoved = null;
        _model.Apply(Pages.After(0, many: 2, epoch: 2) with { Reset = true });

        answer.SetResult(null);

        Assert.Equal(new MarkSeq(Pages.Id, 2), await link.CallOfAsync("Delivered"));
        Assert.Equal(2, _model.Unread.Value);
    }

    [Fact]
    public async Task Of_a_log_that_was_replaced_it_tells_anew_what_it_has_though_there_is_nothing_new_in_it()
    {
        _model.Apply(new CursorMoved(Pages.Id, Side.Visitor, null, 1, 0));

        _model.Apply(Pages.After(0, many: 1, epoch: 2) with { Reset = true });

        Assert.Equal(new MarkSeq(Pages.Id, 1), await _link.CallOfAsync("Delivered"));
    }
}
