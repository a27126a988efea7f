using System.Net.Http.Headers;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Visitors know operators by ids that hold in one conversation.</summary>
[Collection(HubTests.Name)]
public sealed class OperatorAliasTests(HubScene scene)
{
    private readonly List<string> _received = [];

    [Fact]
    public async Task Whatever_a_visitor_receives_has_no_id_of_an_operator_but_one_of_each_conversation()
    {
        var session = await scene.NewVisitorAsync();
        await using var visitor = await scene.SocketAsync("visitor", session.Token);
        await using var olga = await scene.StaffSocketAsync(scene.Seed.Olga);
        await using var bea = await scene.StaffSocketAsync(scene.Seed.Bea);
        var first = await TalkAsync(session, visitor, olga, bea);
        var second = await TalkAsync(session, visitor, olga, bea);
        await ReadEverywhereAsync(session, visitor, first, second);

        _received.AddRange(visitor.Received);
        var all = string.Join('\n', _received);
        Assert.DoesNotContain(scene.Seed.Olga.Id.ToString(), all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(scene.Seed.Bea.Id.ToString(), all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@", all, StringComparison.Ordinal);
        var aliases = Aliases();
        Assert.Equal([first, second], aliases.Keys.Select(key => key.Conversation).Distinct().OrderBy(id => id.Value));
        Assert.Equal(4, aliases.Count);
        Assert.All(aliases.Values, ids => Assert.Single(ids));
        Assert.Equal(4, aliases.Values.SelectMany(ids => ids).Distinct().Count());
        Assert.Equal(OperatorAlias.Of(first, scene.Seed.Olga.Id), Assert.Single(aliases[(first, scene.Seed.Olga.Name)]));
    }

    private async Task<ConversationId> TalkAsync(VisitorSession session, RawSocket visitor, RawSocket olga, RawSocket bea)
    {
        var open = new OpenConversation(Guid.NewGuid());
        var id = (await visitor.CallAsync("OpenConversation", open)).Read<OpenResult>().Page.Conversation.Id;
        foreach (var socket in (RawSocket[])[olga, bea])
            await socket.CallAsync("Open", new OpenQuery(id));
        await DoAsync(olga, "Claim", new ConversationCommand(id, Guid.NewGuid()));
        // Presence of the assignee.
        await visitor.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid(), Cursors: [new(id, 0, 0)]));
        await olga.CallAsync("Typing", new TypingNotice(id));
        await visitor.UntilAsync(_ => Ephemerals(visitor, id).Order().SequenceEqual(["presence", "typing"]), "typing and presence");
        var head = (await DoAsync(visitor, "Send", new SendMessage(id, Guid.NewGuid(), "Question")))!.Seq;
        var polled = RestAsync(session, $"conversations/{id}/events?after={head}&waitMs=20000");
        var answer = await DoAsync(olga, "Send", new SendMessage(id, Guid.NewGuid(), "Answer"));
        await polled;
        await DoAsync(bea, "Send", new SendMessage(id, Guid.NewGuid(), "I can help too"));
        await DoAsync(olga, "Edit", new EditMessage(id, Guid.NewGuid(), answer!.Seq, "Better answer"));
        await olga.CallAsync("Read", new MarkSeq(id, answer.Seq));
        await DoAsync(olga, "Assign", new AssignConversation(id, Guid.NewGuid(), scene.Seed.Bea.Id));
        await DoAsync(bea, "SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Closed));
        var deleted = await DoAsync(olga, "Delete", new DeleteMessage(id, Guid.NewGuid(), answer.Seq));
        await visitor.UntilAsync(
            _ => visitor.Pushes(Push.Event).Any(e => Id(e) == id && e.GetProperty("seq").GetInt32() == deleted!.Seq),
            "all events"
        );
        await visitor.CallAsync("OpenConversation", open);
        return id;
    }

    private async Task ReadEverywhereAsync(VisitorSession session, RawSocket visitor, ConversationId first, ConversationId second)
    {
        await visitor.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()));
        foreach (var id in (ConversationId[])[first, second])
        {
            await visitor.CallAsync("Sync", new Sync([new(id, 1, 1)]));
            await visitor.CallAsync("History", new HistoryQuery(id, Limit: 200));
            await RestAsync(session, $"conversations/{id}");
            await RestAsync(session, $"conversations/{id}/events?after=0&limit=200");
            Assert.Contains("Olga", await RestAsync(session, $"conversations/{id}/transcript"), StringComparison.Ordinal);
        }
        await RestAsync(session, "conversations");
        await RestAsync(session, "conversations?status=closed");
        await RestAsync(session, $"widget/{Seed.ShopKey}");
    }

    /// <summary>Ids of operators by conversation and name, wherever they stand.</summary>
    private Dictionary<(ConversationId Conversation, string Name), HashSet<Guid>> Aliases()
    {
        var found = new Dictionary<(ConversationId, string), HashSet<Guid>>();
        foreach (var text in _received.Where(text => text.StartsWith('{')))
            Look(JsonDocument.Parse(text).RootElement, null);
        return found;

        void Look(JsonElement json, ConversationId? scope)
        {
            if (json.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in json.EnumerateArray())
                    Look(item, scope);
            }
            if (json.ValueKind != JsonValueKind.Object)
                return;
            if (
                json.TryGetProperty("conversationId", out var id)
                || (json.TryGetProperty("openedAt", out _) && json.TryGetProperty("id", out id))
            )
                scope = new ConversationId(id.GetGuid());
            foreach (var part in json.EnumerateObject())
            {
                var isOperator =
                    part.Name == "assignee"
                    || (part.Name == "actor" && part.Value.TryGetProperty("kind", out var kind) && kind.ValueEquals("operator"));
                if (isOperator)
                    Note((scope!.Value, part.Value.GetProperty("name").GetString()!), part.Value.GetProperty("id").GetGuid());
                Look(part.Value, scope);
            }
        }

        void Note((ConversationId, string) key, Guid id)
        {
            if (!found.TryGetValue(key, out var ids))
                found[key] = ids = [];
            ids.Add(id);
        }
    }

    private async Task<string> RestAsync(VisitorSession session, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(scene.Node.BaseAddress, $"api/v1/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", session.Token);
        using var answer = await scene.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {text}");
        lock (_received)
            _received.Add(text);
        return text;
    }

    private static IEnumerable<string> Ephemerals(RawSocket visitor, ConversationId id) =>
        visitor
            .Pushes(Push.Ephemeral)
            .Where(e => Id(e) == id)
            .Select(e => e.GetProperty("type").GetString()!)
            .Where(type => type is "typing" or "presence")
            .Distinct();

    private static ConversationId Id(JsonElement push) => new(push.GetProperty("conversationId").GetGuid());

    private static async Task<ChatEvent?> DoAsync(RawSocket socket, string method, object request) =>
        (await socket.CallAsync(method, request)).Read<SendResult>().Event;
}
