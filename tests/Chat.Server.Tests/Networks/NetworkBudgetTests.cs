using System.Net;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Networks;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Networks;

/// <summary>What one network may start, with the limits as they are by default.</summary>
public sealed class NetworkBudgetTests
{
    private static readonly Network Airport = Network.Of(IPAddress.Parse("203.0.113.7"));

    private readonly FakeTimeProvider _time = new();
    private readonly NetworkOptions _options = new();
    private readonly NetworkBudgets _budgets;
    private readonly VisitorStores _stores;

    public NetworkBudgetTests()
    {
        _budgets = new NetworkBudgets(Options.Create(_options), _time);
        _stores = new VisitorStores(_budgets, new UserBudgets(Options.Create(new RateLimits()), _time));
    }

    [Fact]
    public void A_network_is_an_address_of_the_fourth_version_or_a_64_of_the_sixth()
    {
        Assert.Equal(Of("203.0.113.7"), Of("::ffff:203.0.113.7"));
        Assert.NotEqual(Of("203.0.113.7"), Of("203.0.113.8"));
        Assert.Equal(Of("2001:db8:1:2::1"), Of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        Assert.NotEqual(Of("2001:db8:1:2::1"), Of("2001:db8:1:3::1"));
        Assert.NotEqual(Of("203.0.113.7"), Of("0:0:cb00:7107::"));
    }

    [Fact]
    public void A_stranded_flight_behind_one_address_is_never_refused()
    {
        // Five thousand phones, two thousand of which write: each for ten minutes as fast as anybody types, all at once.
        var openings = new OpenConversation(Guid.NewGuid(), "My flight", new Dictionary<string, string> { ["booking"] = "ABC123" });
        for (var phone = 0; phone < 5_000; phone++)
        {
            Assert.True(_budgets.TryTake(NetworkBudget.Widgets, Airport, 2, out _));
            Assert.True(_budgets.TryTake(NetworkBudget.Sessions, Airport, 1, out _));
            Assert.True(_budgets.TryEnter(Airport, out _));
        }
        for (var writer = 0; writer < 2_000; writer++)
        {
            var caller = Visitor(Airport);
            Assert.False(_stores.TakeOpening(caller, openings).IsRefused);
            for (var message = 0; message < 150; message++)
                Assert.False(_stores.Take(caller, "Мы стоим в очереди третий час, и никто не говорит, когда вылет.").IsRefused);
        }
    }

    [Fact]
    public void Beyond_the_limits_a_network_is_told_when_to_try_again_and_then_it_may()
    {
        for (var i = 0; i < _options.Sockets; i++)
            Assert.True(_budgets.TryEnter(Airport, out _));
        for (var i = 0; i < _options.Conversations; i++)
            Assert.False(_stores.TakeOpening(Visitor(Airport), Opening()).IsRefused);

        Assert.False(_budgets.TryEnter(Airport, out var socketRetry));
        var refused = _stores.TakeOpening(Visitor(Airport), Opening());

        Assert.Equal(ErrorCode.RateLimited, refused.Refusal);
        Assert.True(socketRetry > TimeSpan.Zero);
        Assert.InRange(refused.Terms!.RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.False(_stores.TakeOpening(Visitor(Of("203.0.113.8")), Opening()).IsRefused);
        _budgets.Leave(Airport);
        Assert.True(_budgets.TryEnter(Airport, out _));
        _time.Advance(refused.Terms.RetryAfter.Value);
        Assert.False(_stores.TakeOpening(Visitor(Airport), Opening()).IsRefused);
    }

    [Fact]
    public void Six_hundred_who_write_all_they_can_are_stopped_and_a_running_conversation_among_them_goes_on()
    {
        var customer = Visitor(Airport);
        var text = new string('я', Limits.BodyLength);
        var stored = 0L;
        for (var attacker = 0; attacker < 600; attacker++)
        {
            var caller = Visitor(Airport);
            for (var i = 0; i < 40; i++)
            {
                if (!_stores.Take(caller, text).IsRefused)
                    stored += text.Length * 2;
            }
        }

        Assert.InRange(stored, 0, _options.StoredBytes + 600 * NetworkOptions.OwnBytes);
        for (var i = 0; i < 150; i++)
            Assert.False(_stores.Take(customer, "Where is my bag?").IsRefused);
    }

    [Fact]
    public void What_is_not_stored_costs_nothing()
    {
        var caller = Visitor(Airport);
        for (var i = 0; i < 10 * _options.Conversations; i++)
            _stores.Return(_stores.TakeOpening(caller, Opening()).Value);

        Assert.False(_stores.TakeOpening(caller, Opening()).IsRefused);
    }

    [Fact]
    public void Whoever_has_many_networks_frees_none_of_them_and_grows_nothing()
    {
        for (var i = 0; i < _options.Conversations; i++)
            Assert.True(_budgets.TryTake(NetworkBudget.Conversations, Airport, 1, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (ulong prefix = 0; prefix < 400_000; prefix++)
            _budgets.TryTake(NetworkBudget.Conversations, new Network(0x2001_0db8_0000_0000 + prefix, IsV6: true), 1, out _);

        Assert.False(_budgets.TryTake(NetworkBudget.Conversations, Airport, 1, out _));
        // As many places as there are, and not one for each network.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 12_000_000);
    }

    [Fact]
    public void Staff_and_identified_visitors_do_not_count()
    {
        for (var i = 0; i < _options.Conversations; i++)
            _stores.TakeOpening(Visitor(Airport), Opening());

        Assert.False(_stores.TakeOpening(Visitor(null), Opening()).IsRefused);
        Assert.True(_stores.TakeOpening(Visitor(Airport), Opening()).IsRefused);
    }

    private static OpenConversation Opening() => new(Guid.NewGuid());

    private static Network Of(string address) => Network.Of(IPAddress.Parse(address));

    private static Caller Visitor(Network? network) =>
        new(ActorKind.Visitor, Guid.NewGuid(), null, default, default, DateTimeOffset.MaxValue) { Network = network };
}
