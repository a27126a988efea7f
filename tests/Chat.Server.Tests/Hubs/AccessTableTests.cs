using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Inboxes;

namespace Chat.Server.Tests.Hubs;

/// <summary>
/// The table of PROTOCOL.md, cell by cell: every method, as each kind of caller, against a conversation of his own and one that is none of his business.
/// </summary>
[Collection(HubTests.Name)]
public sealed class AccessTableTests(HubScene scene)
{
    private const string Ok = "ok";

    public static TheoryData<string> Rows => [.. AccessTable.Rows.Select(row => row.Name)];

    [Fact]
    public void Every_method_of_the_hubs_has_a_row()
    {
        var methods = new[] { typeof(IChatHub), typeof(IVisitorHub), typeof(IOperatorHub) }.SelectMany(hub =>
            hub.GetMethods().Select(method => method.Name)
        );
        Assert.Equal(
            methods.Order(StringComparer.Ordinal),
            AccessTable.Rows.Select(row => row.Method).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Everybody_may_what_the_table_says(string name)
    {
        var row = AccessTable.Rows.Single(r => r.Name == name);
        var crew = scene.Seed.Crews[AccessTable.Rows.Index().Single(r => r.Item == row).Index % scene.Seed.Crews.Count];
        await using var owner = await scene.VisitorSocketAsync();

        Assert.Equal(row.Visitor, await TryAsync(row, crew, owner, owner));
        await using var neighbour = await scene.VisitorSocketAsync();
        Assert.Equal(row.Stranger, await TryAsync(row, crew, owner, neighbour));
        await using var stranger = await scene.VisitorSocketAsync(Seed.OtherKey);
        Assert.Equal(row.Stranger, await TryAsync(row, crew, owner, stranger));
        foreach (var (who, expected) in Staff(row, crew))
        {
            await using var caller = await scene.StaffSocketAsync(who);
            Assert.Equal((who.Name, expected), (who.Name, await TryAsync(row, crew, owner, caller)));
        }
    }

    private static IEnumerable<(OperatorProfile Who, string Expected)> Staff(AccessRow row, Crew crew) =>
        [
            (crew.Operator, row.Operator),
            (crew.Supervisor, row.Senior),
            (crew.Admin, row.Senior),
            .. crew.Foreigners.Select(foreigner => (foreigner, row.Foreigner)),
        ];

    /// <summary>A fresh conversation of the owner, with a message of somebody else and, where he can write one, of the caller.</summary>
    private async Task<string> TryAsync(AccessRow row, Crew crew, RawSocket owner, RawSocket caller)
    {
        var opened = (await owner.CallAsync("OpenConversation", new OpenConversation(Guid.NewGuid()))).Read<OpenResult>();
        var id = opened.Page.Conversation.Id;
        await using var colleague = await scene.StaffSocketAsync(crew.Colleague);
        if (row.Held)
            Assert.Null((await colleague.CallAsync("Claim", new ConversationCommand(id, Guid.NewGuid()))).Error);
        var others = await SeqAsync(caller == owner ? colleague : owner, new SendMessage(id, Guid.NewGuid(), "Theirs"));
        var own = await caller.CallAsync("Send", new SendMessage(id, Guid.NewGuid(), "Mine"));
        var ownSeq = own.Error is null ? own.Read<SendResult>().Event!.Seq : others;

        var answer = await caller.CallAsync(row.Method, row.Request(new Target(id, ownSeq, others, scene.Seed, crew)));

        return answer.Error ?? (IsEmpty(answer.Result) ? "nothing" : Ok);
    }

    private static async Task<int> SeqAsync(RawSocket socket, SendMessage message) =>
        (await socket.CallAsync("Send", message)).Read<SendResult>().Event!.Seq;

    // Hello and Sync leave out what is not the caller's.
    private static bool IsEmpty(JsonElement result) =>
        result.ValueKind == JsonValueKind.Object
        && result.TryGetProperty("conversations", out var conversations)
        && conversations.GetArrayLength() == 0;
}
