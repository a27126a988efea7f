using Chat.Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>What the first answer does not bring is asked for again: who gave it may not have heard of it yet.</summary>
public sealed class SyncerTests : IAsyncDisposable
{
    private readonly ChatModel _model = new(Side.Visitor, new MemoryStorage(), TimeProvider.System);
    private readonly Queue<ConversationPage> _answers = [];
    private readonly RecordingLink _link;

    public SyncerTests()
    {
        _link = new RecordingLink { Answer = _ => Task.FromResult<object?>(new SyncResult([_answers.Dequeue()])) };
        var syncer = new Syncer(_model, TimeProvider.System, NullLogger.Instance) { Link = () => _link };
        _model.HoleFound = syncer.Want;
        _model.Apply(Pages.After(0, Pages.Head));
    }

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _model.DisposeAsync();
    }

    [Fact]
    public async Task A_gap_that_the_first_answer_leaves()
    {
        _answers.Enqueue(Pages.After(40, 0));
        _answers.Enqueue(Pages.After(40, 0) with { Seq = 42, Events = [Pages.Message(41), Pages.Message(42)] });

        _model.Apply(Pages.Message(42));

        await _model.Conversations.UntilAsync(all => all[Pages.Id].Seq == 42);
    }

    [Fact]
    public async Task A_log_of_which_the_first_answer_does_not_know()
    {
        _answers.Enqueue(Pages.After(40, 0));
        _answers.Enqueue(Pages.After(0, Pages.Head, epoch: 2) with { Reset = true });

        _model.Apply(Pages.Message(41, epoch: 2));

        await _model.Conversations.UntilAsync(all => all[Pages.Id].Epoch == 2);
    }
}
