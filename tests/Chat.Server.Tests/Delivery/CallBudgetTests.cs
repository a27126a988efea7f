using Chat.Server.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Delivery;

public sealed class CallBudgetTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_pause_gives_the_configured_burst_and_then_the_configured_rate()
    {
        var budget = new CallBudget(new RateLimits { ChangesPerSecond = 4, ChangesBurst = 3 }, _time);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => budget.TakeChange()));
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => budget.TakeChange()));
    }

    [Fact]
    public void Calls_and_changes_do_not_take_from_each_other()
    {
        var budget = new CallBudget(new RateLimits { ChangesBurst = 1, CallsBurst = 1 }, _time);

        Assert.True(budget.TakeCall());
        Assert.True(budget.TakeChange());
        Assert.False(budget.TakeCall());
        Assert.False(budget.TakeChange());
    }
}
