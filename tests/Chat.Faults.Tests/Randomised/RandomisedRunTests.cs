using System.Globalization;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Services;

namespace Chat.Faults.Tests.Randomised;

/// <summary>
/// Many people at once, everything breaks at random moments, and afterwards nothing is lost, doubled or reordered. CHAT_TEST_SEED repeats the decisions
/// of a run, CHAT_TEST_LONG=1 makes it a minute of faults.
/// </summary>
public sealed class RandomisedRunTests(ITestOutputHelper output)
{
    private const int Visitors = 50;
    private const int OperatorAccounts = 5;
    private const int SocketsOfAnOperator = 2;
    private const int FollowedByASocket = 10;

    // What the slowest machine should reach; a run with less has shown nothing.
    private const int LeastChanges = 400;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(FaultScene.IsLong ? 60 : 20);

    private readonly int _seed = int.TryParse(
        Environment.GetEnvironmentVariable("CHAT_TEST_SEED"),
        CultureInfo.InvariantCulture,
        out var given
    )
        ? given
        : Random.Shared.Next();

    [Fact]
    public async Task Nothing_is_lost_doubled_or_reordered_whatever_breaks()
    {
        output.WriteLine($"CHAT_TEST_SEED={_seed}");
        await using var redis = await RedisService.StartOwnAsync();
        await using var scene = await FaultScene.StartAsync(redis.Configuration);
        var persons = await GatherAsync(scene);

        using var stopping = new CancellationTokenSource();
        var acting = Task.WhenAll(persons.Select(person => person.RunAsync(stopping.Token)));
        var faults = new RandomFaults(scene, redis, Duration, output.WriteLine);
        await Task.WhenAny(faults.RunAsync(_seed), acting);
        await stopping.CancelAsync();
        await acting;
        faults.CollectErrors(0);
        faults.CollectErrors(1);

        Report(scene, persons);
        await scene.VerifyAsync($"CHAT_TEST_SEED={_seed}");
        var log = await scene.ReadLogAsync();
        Assert.Equal(Visitors, log.Heads.Count);
        Assert.True(faults.NodeErrors.IsEmpty, string.Join('\n', faults.NodeErrors));
        Assert.DoesNotContain(scene.Clients.SelectMany(c => c.Failures.Keys), code => code == ErrorCode.Internal.Code);
        Assert.InRange(scene.Clients.Sum(c => c.Acknowledged.Count), LeastChanges, int.MaxValue);
        Assert.Equal(9, faults.Happened.Count);
    }

    /// <summary>Everybody with his conversations: each visitor has one, each operator's socket follows some of them.</summary>
    private async Task<IReadOnlyList<RandomPerson>> GatherAsync(FaultScene scene)
    {
        var persons = new List<RandomPerson>();
        var visitors = await Task.WhenAll(Enumerable.Range(0, Visitors).Select(i => scene.AddVisitorAsync($"visitor {i}")));
        var ids = await Task.WhenAll(visitors.Select(visitor => visitor.OpenConversationAsync()));
        for (var i = 0; i < Visitors; i++)
            persons.Add(new RandomPerson(visitors[i], [ids[i]], _seed + 100 + i));
        var random = new Random(_seed);
        for (var i = 0; i < OperatorAccounts; i++)
        {
            var access = await scene.Cluster.AddOperatorAsync($"Operator{i}", i == 0 ? OperatorRole.Supervisor : OperatorRole.Operator);
            for (var socket = 0; socket < SocketsOfAnOperator; socket++)
            {
                var client = await scene.AddOperatorAsync(access, $"operator {i}.{socket}");
                await client.WatchAsync();
                var followed = random.GetItems(ids, FollowedByASocket).Distinct().ToArray();
                foreach (var id in followed)
                    await client.OpenAsync(id);
                persons.Add(new RandomPerson(client, followed, _seed + 1000 + persons.Count));
            }
        }
        foreach (var client in scene.Clients)
            client.Patience = TimeSpan.FromMinutes(2);
        return persons;
    }

    private void Report(FaultScene scene, IReadOnlyList<RandomPerson> persons)
    {
        output.WriteLine("Done: " + Sums(persons.SelectMany(p => p.Done)));
        output.WriteLine("Failed calls: " + Sums(scene.Clients.SelectMany(c => c.Failures)));
        output.WriteLine($"Reconnects: {scene.Clients.Sum(c => c.Reconnects)}");
        output.WriteLine("Duplicates are among these: " + scene.Clients.Sum(c => c.Duplicates));
    }

    private static string Sums(IEnumerable<KeyValuePair<string, int>> counts) =>
        string.Join(
            ", ",
            counts.GroupBy(c => c.Key).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Sum(c => c.Value)}")
        );
}
