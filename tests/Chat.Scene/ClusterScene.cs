using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Scene;

/// <summary>Two nodes over PostgreSQL and Redis, as in production.</summary>
internal sealed class ClusterScene : IScene
{
    private const string Inbox = "demo";

    private readonly ChatCluster _cluster;
    private readonly Doors _doors;

    private ClusterScene(ChatCluster cluster) => (_cluster, _doors) = (cluster, new Doors(cluster.Nodes));

    public static async Task<ClusterScene> StartAsync()
    {
        var database = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        var redis = await RedisService.SharedAsync();
        var cluster = await ChatCluster.StartAsync(database, redis.Configuration, settings: Settings);
        // The demo page's.
        await cluster.CommandAsync("inbox", "add", "--name", "Aurora Air", "--key", Inbox);
        return new ClusterScene(cluster);
    }

    // Journeys sign in more often than people do.
    private static Dictionary<string, string?> Settings =>
        new(StringComparer.Ordinal) { ["Identity__PasswordsPerMinute"] = "0", ["Web__DemoPage"] = "true" };

    public object Describe() =>
        new
        {
            doors = _doors.Addresses,
            nodes = _cluster.Nodes.Select(node => node.BaseAddress),
            inbox = Inbox,
        };

    public async Task<object?> DoAsync(Order order)
    {
        if (await _doors.DoAsync(order))
            return null;
        return order.Do switch
        {
            "operator" => await AddOperatorAsync(order),
            "log" => (await StoredLog.ReadAsync(_cluster.ConnectionString)).Events(new ConversationId(order.Conversation)),
            _ => throw new NotSupportedException($"There is no order '{order.Do}'."),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _doors.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task<object> AddOperatorAsync(Order order)
    {
        var access = await _cluster.AddOperatorAsync(order.Name, Enum.Parse<OperatorRole>(order.Role, ignoreCase: true), order.Inbox);
        return new { email = access.Email, password = ChatCluster.Password };
    }
}
