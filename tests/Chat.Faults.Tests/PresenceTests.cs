using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>A visitor on one node and operators on the other: what each hears of the rest, and who is sent away.</summary>
public sealed class PresenceTests : IAsyncLifetime
{
    private ChatCluster _cluster = null!;
    private OperatorAccess _olga = null!;

    public async ValueTask InitializeAsync()
    {
        var postgres = await PostgresService.SharedAsync();
        var redis = await RedisService.SharedAsync();
        _cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration);
        var access = await _cluster.AddOperatorAsync("Olga", OperatorRole.Supervisor);
        var session = await access.SignInAsync();
        _olga = access with { SignInAsync = () => Task.FromResult(session) };
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Comings_and_goings_reach_the_other_node()
    {
        await using var olga = await OperatorAsync();
        await olga.WatchAsync();
        ConversationId id;
        await using (var visitor = await VisitorAsync())
        {
            id = await visitor.OpenConversationAsync();
            await olga.UntilAsync(() => Heard(olga, id, ActorKind.Visitor, online: true), "the visitor is there");
            await olga.ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
            await visitor.UntilAsync(() => Heard(visitor, id, ActorKind.Operator, online: true), "the operator is there");
        }
        await olga.UntilAsync(() => Heard(olga, id, ActorKind.Visitor, online: false), "the visitor is gone");
    }

    [Fact]
    public async Task A_visitor_whose_node_died_is_gone_for_those_who_watch_or_follow_on_the_other()
    {
        await using var olga = await OperatorAsync();
        await olga.WatchAsync();
        await using var reader = await OperatorAsync();
        await reader.WatchAsync();
        var visitor = await VisitorAsync();
        var id = await visitor.OpenConversationAsync();
        await olga.UntilAsync(() => Heard(olga, id, ActorKind.Visitor, online: true), "the visitor is there");
        await reader.OpenAsync(id);
        await reader.UntilAsync(() => Heard(reader, id, ActorKind.Visitor, online: true), "the visitor is there");

        _cluster.Nodes[0].Kill();
        await visitor.DisposeAsync();

        // The lease ends, and two sweeps miss him.
        await olga.UntilAsync(() => Heard(olga, id, ActorKind.Visitor, online: false), "the visitor is gone", TimeSpan.FromMinutes(2));
        await reader.UntilAsync(() => Heard(reader, id, ActorKind.Visitor, online: false), "the visitor is gone where he is read");
    }

    [Fact]
    public async Task An_operator_whose_node_died_is_gone_for_colleagues_and_for_whom_he_answers_on_the_other()
    {
        var session = await (await _cluster.AddOperatorAsync("Pia")).SignInAsync();
        // Nodes that know her from their start: the others read of a new operator within 15 s.
        _cluster.Nodes.InsertRange(0, [await ChatNode.StartAsync(_cluster.Settings), await ChatNode.StartAsync(_cluster.Settings)]);
        await using var olga = await OperatorAsync();
        await using var visitor = await VisitorAsync(node: 1);
        var id = await visitor.OpenConversationAsync();
        await olga.UntilAsync(() => olga.Me is not null, "the colleague listens");
        var pia = ChatClient.Operator(() => _cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        await pia.ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        await visitor.UntilAsync(() => Heard(visitor, id, ActorKind.Operator, online: true), "the operator is there");
        await olga.UntilAsync(() => Told(olga, pia.Me!, online: true), "the colleague is there");

        _cluster.Nodes[0].Kill();
        await pia.DisposeAsync();

        // The lease ends, and two sweeps miss her.
        await olga.UntilAsync(() => Told(olga, pia.Me!, online: false), "the colleague is gone", TimeSpan.FromMinutes(2));
        await visitor.UntilAsync(() => Heard(visitor, id, ActorKind.Operator, online: false), "the operator is gone");
    }

    [Fact]
    public async Task A_blocked_visitor_and_a_signed_leftdevice_lose_their_sockets_on_the_other_node()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await _olga.SignInAsync()).Token);
        var blocked = await _cluster.NewVisitorAsync();
        await using var first = ChatClient.Visitor(() => _cluster.Nodes[0].BaseAddress, () => Task.FromResult(blocked.Token));
        await first.OpenConversationAsync();
        var leaving = await _cluster.NewVisitorAsync();
        await using var second = ChatClient.Visitor(() => _cluster.Nodes[0].BaseAddress, () => Task.FromResult(leaving.Token));
        await second.UntilAsync(() => second.Reconnects == 0, "the socket is there");

        var block = new Uri(_cluster.Nodes[1].BaseAddress, $"api/v1/visitors/{blocked.VisitorId}/block");
        using var answer = await http.PutAsJsonAsync(block, new BlockVisitor(), ChatJson.Wire.Options);
        var logout = new Uri(_cluster.Nodes[1].BaseAddress, "api/v1/visitor/logout");
        using var left = await http.PostAsJsonAsync(logout, new VisitorLogout(leaving.RefreshToken), ChatJson.Wire.Options);

        Assert.Equal((204, 204), ((int)answer.StatusCode, (int)left.StatusCode));
        await first.UntilAsync(() => Went(first, "blocked"), "the blocked one is sent away");
        await second.UntilAsync(() => Went(second, "revoked"), "the signed-out one is sent away");
    }

    private async Task<ChatClient> OperatorAsync()
    {
        var session = await _olga.SignInAsync();
        return ChatClient.Operator(() => _cluster.Nodes[1].BaseAddress, () => Task.FromResult(session.Token));
    }

    private async Task<ChatClient> VisitorAsync(int node = 0)
    {
        var session = await _cluster.NewVisitorAsync();
        return ChatClient.Visitor(() => _cluster.Nodes[node].BaseAddress, () => Task.FromResult(session.Token));
    }

    private static bool Told(ChatClient client, Me of, bool online) =>
        client.Pushes.Any(push => push.Push is OperatorChange change && change.Id.Value == of.Id && change.Online == online);

    private static bool Went(ChatClient client, string reason) =>
        client.Pushes.Any(push => push.Push is GoAway away && away.Reason == reason);

    private static bool Heard(ChatClient client, ConversationId id, ActorKind of, bool online) =>
        client.Pushes.Any(push =>
            push.Push is Ephemeral { Type: EphemeralType.Presence } notice
            && notice.ConversationId == id
            && notice.Actor!.Kind == of
            && notice.Online == online
        );
}
