using Chat.Client.Tests.Package;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Xunit;

namespace Chat.Client.Tests.Bots;

/// <summary>The README's bot, killed again and again while customers write. Twenty kills beside 300 customers with CHAT_TEST_LONG, else a few.</summary>
public sealed class BotTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Answer = "Parcels arrive within three days.";

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CHAT_TEST_LONG") == "1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly int _seed = Random.Shared.Next();
    private readonly List<Customer> _customers = [];
    private ChatCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        var redis = await RedisService.SharedAsync();
        // All customers are on one machine here, and the bot signs in more often than people do.
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Identity__PasswordsPerMinute"] = "0",
            ["RateLimits__ChangesPerSecond"] = "100",
        };
        _cluster = await ChatCluster.StartAsync(database, redis.Configuration, settings: settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_customers.Select(customer => customer.Client.DisposeAsync().AsTask()));
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Every_customer_is_answered_once_over_kills_of_the_bot()
    {
        output.WriteLine($"seed {_seed}");
        var random = new Random(_seed);
        var (kills, customers) = IsLong ? (20, 300) : (3, 20);
        var access = await _cluster.AddOperatorAsync("Bot");
        var bot = StartBot(access, kills);

        for (var left = kills; left > 0; left--)
        {
            var wave = await ComeAsync((customers - _customers.Count) / left);
            // In the midst of its work: the others of the wave are on their way.
            await AnsweredAsync(wave, random.Next(1, wave.Count));
            await bot.KillAsync();
            await bot.DisposeAsync();
            bot = StartBot(access, left);
        }
        await AnsweredAsync(_customers, customers);
        // Whoever is new is behind all that the bot might do over.
        var last = await ComeAsync(1);
        await AnsweredAsync(last, 1);

        var log = await StoredLog.ReadAsync(_cluster.ConnectionString);
        Assert.All(_customers, customer => IsAnsweredOnce(log.Events(customer.Client.Resolve(customer.Id))));
        Assert.False(bot.Exited.IsCompleted, bot.Output);
        await bot.DisposeAsync();
    }

    private static void IsAnsweredOnce(IReadOnlyList<StoredEvent> events)
    {
        var answer = Assert.Single(events, IsAnswer);
        // It was the bot's conversation before it answered, and both questions are there.
        Assert.Contains(events, e => e.Type == EventType.Assigned && e.Seq < answer.Seq);
        Assert.Equal(2, events.Count(e => e.Type == EventType.Message && e.ActorId != answer.ActorId));
    }

    private static bool IsAnswer(StoredEvent e) => e.Body?.StartsWith(Answer, StringComparison.Ordinal) == true;

    /// <summary>Customers who write two messages each, of which one is for the bot, on both nodes.</summary>
    private async Task<List<Customer>> ComeAsync(int many)
    {
        var wave = await Task.WhenAll(
            Enumerable
                .Range(_customers.Count, many)
                .Select(async number =>
                {
                    var node = _cluster.Nodes[number % _cluster.Nodes.Count];
                    var client = new ChatClient(new ChatClientOptions { Url = node.BaseAddress, Inbox = ChatCluster.Inbox });
                    await client.StartAsync();
                    var id = await client.OpenAsync(new OpenOptions { Body = "Where is my parcel?" });
                    await client.SendAsync(id, $"It is number {number}.");
                    return new Customer(client, id);
                })
        );
        _customers.AddRange(wave);
        return [.. wave];
    }

    private static async Task AnsweredAsync(IReadOnlyList<Customer> customers, int many)
    {
        var answered = customers.Select(AnsweredAsync).ToList();
        while (many-- > 0)
        {
            var next = await Task.WhenAny(answered);
            await next;
            answered.Remove(next);
        }
    }

    private static async Task AnsweredAsync(Customer customer)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Patience);
        await foreach (var all in customer.Client.Conversations.WatchAsync(bound.Token))
        {
            if (all[customer.Id].Items.Any(item => item.Body?.StartsWith(Answer, StringComparison.Ordinal) == true))
                return;
        }
    }

    private ChildProcess StartBot(OperatorAccess access, int number) =>
        ChildProcess.Start(
            ["dotnet", Workshop.InRepository("tests", "Chat.Bot", "bin", Workshop.Configuration, "net10.0", "Chat.Bot.dll")],
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["CHAT_URL"] = _cluster.Nodes[number % _cluster.Nodes.Count].BaseAddress.ToString(),
                ["BOT_EMAIL"] = access.Email,
                ["BOT_PASSWORD"] = ChatCluster.Password,
            }
        );

    private sealed record Customer(ChatClient Client, ConversationId Id);
}
