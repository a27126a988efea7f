using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations.Changes;
using Chat.Server.Delivery;
using Chat.Server.Messages;
using Chat.Server.Tests.Delivery;
using Chat.Server.Tests.Storage;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Messages;

/// <summary>Lanes over a real log: whatever is sent at once, the log is gap-free, an acknowledgement means stored once, and delivery is in order.</summary>
public abstract class AppendLaneContract(LogStore store)
{
    private const int Conversations = 3;

    // Author, conversation, kind of change, and a clientId of few, so that repeats and conflicts happen.
    private static readonly Gen<(bool Visitor, int Conversation, int Kind, int Client)[]> Work = Gen.Select(
        Gen.Bool,
        Gen.Int[0, Conversations - 1],
        Gen.Int[0, 9],
        Gen.Int[0, 40]
    ).Array[1, 120];

    [Fact]
    public async Task Whatever_is_sent_at_once_is_stored_once_gap_free_and_delivered_in_order()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await Work.SampleAsync(work => RunAsync(scene, work), iter: 25, threads: 1);
    }

    [Fact]
    public async Task A_full_lane_refuses_with_unavailable_and_a_stopped_one_stores_what_it_has()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        using var lanes = scene.Lanes();
        var sends = Enumerable
            .Range(0, AppendLane.Capacity + 10)
            .Select(i => lanes.AppendAsync(LogScene.Message(id, scene.Visitor, $"{i}"), null))
            .ToList();

        Assert.Equal(10, sends.Count(send => send is { IsCompletedSuccessfully: true, Result.Refusal.Code: "unavailable" }));
        await lanes.StartAsync(CancellationToken.None);
        await lanes.StopAsync(CancellationToken.None);
        var outcomes = await Task.WhenAll(sends);
        Assert.Equal(AppendLane.Capacity, outcomes.Count(outcome => !outcome.IsRefused));
    }

    [Fact]
    public async Task What_is_given_to_a_team_that_was_removed_meanwhile_is_refused_and_nothing_is_stored()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        using var lanes = scene.Lanes();
        await lanes.StartAsync(CancellationToken.None);
        var removed = new TeamFace(new TeamId(Guid.CreateVersion7()), "Night");

        var outcome = await lanes.ChangeAsync(
            AssignChange.Of(id, Guid.NewGuid(), scene.Anna, null, removed, expectedSeq: null, fromAnyone: true, "Yours"),
            null
        );
        await lanes.StopAsync(CancellationToken.None);

        Assert.Equal(ErrorCode.NotFound, outcome.Refusal);
        Assert.Single((await scene.Log.ReadHistoryAsync(id, null, 0, 10, CancellationToken.None)).Events);
    }

    private static async Task RunAsync(LogScene scene, (bool Visitor, int Conversation, int Kind, int Client)[] work)
    {
        var ids = new ConversationId[Conversations];
        var clientIds = Enumerable.Range(0, 41).Select(_ => Guid.NewGuid()).ToArray();
        var topics = scene.Topics();
        var follower = new RecordingConnection(TimeProvider.System, pauseAfterBytes: 16 << 20);
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = await scene.OpenAsync();
            topics.Follow(follower.Client, new(ids[i], scene.Inbox, scene.VisitorId));
            topics.Find(ids[i])!.Start(1, 1, []);
        }
        using var lanes = scene.Lanes(topics);
        await lanes.StartAsync(CancellationToken.None);
        var outcomes = await Task.WhenAll(
            work.Select(item => SendAsync(scene, lanes, ids[item.Conversation], clientIds[item.Client], item))
        );
        await lanes.StopAsync(CancellationToken.None);

        var pushed = follower.Read().ToLookup(push => push.Argument.GetProperty("conversationId").GetGuid());
        for (var i = 0; i < ids.Length; i++)
        {
            var log = await scene.Log.ReadHistoryAsync(ids[i], null, 0, 1000, CancellationToken.None);
            Assert.Equal(Enumerable.Range(1, log.Events.Count), log.Events.Select(e => e.Seq));
            Assert.Equal(
                Enumerable.Range(2, log.Events.Count - 1),
                pushed[ids[i].Value].Select(push => push.Argument.GetProperty("seq").GetInt32())
            );
            var stored = log.Events.Where(e => e.ClientId is not null).ToDictionary(e => e.ClientId!.Value, e => e.Seq);
            var acknowledged = work.Zip(outcomes)
                .Where(pair => pair.First.Conversation == i && pair.Second is { IsRefused: false, Value.Seq: > 0 });
            Assert.All(acknowledged, pair => Assert.Equal(stored[clientIds[pair.First.Client]], pair.Second.Value!.Seq));
        }
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Contains(o.Refusal!.Code, (string[])["conflict", "closed"]));
    }

    private static Task<Outcome<Stored>> SendAsync(
        LogScene scene,
        AppendLanes lanes,
        ConversationId id,
        Guid clientId,
        (bool Visitor, int Conversation, int Kind, int Client) item
    ) =>
        item.Kind switch
        {
            0 => lanes.ChangeAsync(CloseChange.Of(id, clientId, scene.Visitor), null),
            1 => lanes.ChangeAsync(TagChange.Of(id, clientId, scene.Anna, [$"tag{item.Client % 5}"], []), null),
            2 => lanes.AppendAsync(LogScene.Message(id, scene.Anna, "note", EventType.Note, clientId), null),
            3 => lanes.AppendAsync(LogScene.Message(id, scene.Anna, "guarded", clientId: clientId, expectedSeq: item.Client), null),
            _ => lanes.AppendAsync(LogScene.Message(id, item.Visitor ? scene.Visitor : scene.Bert, "text", clientId: clientId), null),
        };
}

public sealed class PostgresAppendLaneTests(PostgresLogStore store) : AppendLaneContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteAppendLaneTests(SqliteLogStore store) : AppendLaneContract(store), IClassFixture<SqliteLogStore>;
