using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Microsoft.Data.Sqlite;

namespace Chat.Scene;

/// <summary>What the first command of README starts.</summary>
internal sealed partial class EmbeddedScene : IScene
{
    private readonly string _folder;
    private readonly ChatNode _node;
    private readonly string _password;
    private readonly Doors _doors;
    private readonly IdentityProvider? _provider;

    private EmbeddedScene(string folder, ChatNode node, string password, IdentityProvider? provider) =>
        (_folder, _node, _password, _doors, _provider) = (folder, node, password, new Doors([node]), provider);

    /// <param name="provider">Where operators may sign in too; the scene's from now on.</param>
    public static async Task<EmbeddedScene> StartAsync(IdentityProvider? provider = null)
    {
        var folder = Directory.CreateTempSubdirectory("chat-scene-").FullName;
        var node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = Path.Combine(folder, "data"),
                ["Http__AllowedHosts__0"] = "localhost",
                ["Http__AllowedHosts__1"] = "*.localhost",
                ["Http__AllowedHosts__2"] = "127.0.0.1",
                // A page without TLS.
                ["Http__AllowedHosts__3"] = "shop.test",
                // Journeys come, sign in and write more often than people do, and all from one address.
                ["RateLimits__ChangesPerSecond"] = "500",
                ["RateLimits__ChangesBurst"] = "1000",
                ["Networks__Sessions"] = "0",
                ["Identity__OperatorSessionsPerMinute"] = "0",
                ["Identity__PasswordsPerMinute"] = "0",
                ["Identity__Oidc__Authority"] = provider?.Issuer,
                ["Identity__Oidc__ClientId"] = IdentityProvider.ClientId,
                ["Identity__Oidc__Name"] = "the company",
            }
        );
        var password = Printed().Match(await node.WaitForLineAsync("Password ")).Groups["password"].Value;
        return new EmbeddedScene(folder, node, password, provider);
    }

    public object Describe() =>
        new
        {
            doors = _doors.Addresses,
            nodes = new[] { _node.BaseAddress },
            inbox = "demo",
            admin = new { email = "admin@localhost", password = _password },
        };

    public async Task<object?> DoAsync(Order order)
    {
        if (await _doors.DoAsync(order))
            return null;
        if (order.Do == "providerGone" && _provider is not null)
        {
            await _provider.DisposeAsync();
            return null;
        }
        return order.Do == "log" ? Read(order.Conversation) : throw new NotSupportedException($"There is no order '{order.Do}' here.");
    }

    public async ValueTask DisposeAsync()
    {
        await _doors.DisposeAsync();
        await _node.DisposeAsync();
        if (_provider is not null)
            await _provider.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private List<StoredEvent> Read(Guid conversation)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "data", "chat.db")};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT seq, type, audience, client_id, actor_id, target_seq, edited_seq, deleted_seq, body FROM event WHERE conversation_id = $id ORDER BY seq";
        command.Parameters.AddWithValue("$id", conversation.ToString());
        using var row = command.ExecuteReader();
        var events = new List<StoredEvent>();
        while (row.Read())
            events.Add(
                new StoredEvent(
                    row.GetInt32(0),
                    (EventType)row.GetInt16(1),
                    (Audience)row.GetInt16(2),
                    row.IsDBNull(3) ? null : row.GetGuid(3),
                    row.IsDBNull(4) ? null : row.GetGuid(4),
                    Number(row, 5),
                    Number(row, 6),
                    Number(row, 7),
                    row.IsDBNull(8) ? null : row.GetString(8)
                )
            );
        return events;
    }

    private static int? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    [GeneratedRegex(@"Password +(?<password>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Printed();
}
