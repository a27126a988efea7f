using Chat.Contracts;
using CsCheck;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>Rule 1 of the protocol, under every order in which frames may come.</summary>
public sealed class ConversationLogTests
{
    [Fact]
    public void Lost_late_and_doubled_events_end_in_the_stored_log()
    {
        // A positive number is an event that arrives, zero a sync of at most seven events.
        Gen.Int[0, Pages.Head]
            .Array[0, 120]
            .Sample(steps =>
            {
                var log = new ConversationLog();
                log.Apply(Pages.After(0, 3));
                foreach (var step in steps)
                {
                    if (step > 0)
                        log.Apply(Pages.Message(step));
                    else
                        log.Apply(Pages.After(log.Seq, 7));
                    Assert.Equal(Enumerable.Range(1, log.Seq), log.Events.Select(e => e.Seq));
                }
                while (log.Seq < Pages.Head)
                    log.Apply(Pages.After(log.Seq, 7));

                Assert.False(log.HasHole);
                Assert.Equal(Enumerable.Range(1, Pages.Head).Select(seq => Pages.Message(seq)), log.Events);
            });
    }

    [Fact]
    public void Another_epoch_replaces_all_and_the_old_one_comes_back_no_more()
    {
        var log = new ConversationLog();
        log.Apply(Pages.After(0, 10));
        log.Apply(Pages.Message(4, epoch: 2));
        Assert.True(log.HasHole);

        log.Apply(Pages.After(0, 3, epoch: 2) with { Reset = true });
        log.Apply(Pages.After(0, 10));
        log.Apply(Pages.Message(11));

        Assert.Equal((2, 4, false), (log.Epoch, log.Seq, log.HasHole));
    }

    [Fact]
    public void What_takes_a_lost_events_place_is_news_and_what_was_not_lost_is_none()
    {
        var log = new ConversationLog();
        log.Apply(Pages.After(9, 31) with { HasMore = true, Reset = true });
        Assert.Equal(Enumerable.Range(10, 31), log.TakeFresh().Select(e => e.Seq));
        var page = Pages.After(0, 40, epoch: 2) with { Reset = true };

        // 1 to 9 were never held; of 39 and 40 the one is another event now, the other the same change made once more.
        log.Apply(
            page with
            {
                Events =
                [
                    .. page.Events.SkipLast(2),
                    Again(page.Events[38], seconds: 0, Guid.NewGuid()),
                    Again(page.Events[39], seconds: 1),
                ],
            }
        );

        Assert.Equal([39, 40], log.TakeFresh().Select(e => e.Seq));
        log.Apply(Pages.Message(41, epoch: 2));
        Assert.Equal([41], log.TakeFresh().Select(e => e.Seq));
    }

    [Fact]
    public void What_is_restored_is_what_was_held()
    {
        var log = new ConversationLog();
        log.Apply(Pages.After(0, 30));
        var kept = log.TakeChanged().Select(change => change.Event!).ToList();

        var restored = new ConversationLog();
        restored.Restore(1, 30, kept, keep: 20);

        Assert.Equal((30, 11, true), (restored.Seq, restored.First, restored.HasOlder));
        Assert.Equal(Enumerable.Range(1, 10), restored.TakeChanged().Select(change => change.Seq).Order());
    }

    private static ChatEvent Again(ChatEvent e, int seconds, Guid? clientId = null) =>
        e with
        {
            At = DateTimeOffset.UnixEpoch.AddSeconds(seconds),
            ClientId = clientId,
        };
}
