using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>A node with little memory, whose visitors ask for much and read badly. Those beside them must not notice.</summary>
public sealed class MemoryTests(MemoryTests.NarrowScene scene) : IClassFixture<MemoryTests.NarrowScene>
{
    private const int OutgoingBytes = 4 * 1024 * 1024;

    /// <summary>As long as a message may be, in bytes too.</summary>
    private static readonly string Long = new('€', Limits.BodyLength);

    private static bool IsLong => Environment.GetEnvironmentVariable("CHAT_TEST_LONG") == "1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitor_whose_many_requests_are_not_read_gets_few_of_them_answered()
    {
        var (session, id) = await VisitorAsync(messages: 101);
        using var readers = new BadReaders(scene.Node.BaseAddress);

        for (var i = 0; i < (IsLong ? 500 : 80); i++)
            await readers.AskAsync(session.Token, Path(id), times: 3);

        await NobodyNoticesAsync();
        Assert.Equal(ErrorCode.RateLimited.HttpStatus, await readers.StatusOfNewestAsync(Token));
        readers.Dispose();
        await scene.Node.UntilMetricAsync("chat_outgoing_bytes", bytes => bytes == 0);
    }

    [Fact]
    public async Task Of_many_visitors_who_do_not_read_those_who_have_waited_longest_make_room()
    {
        using var readers = new BadReaders(scene.Node.BaseAddress);

        for (var i = 0; i < (IsLong ? 400 : 40); i++)
        {
            var (session, id) = await VisitorAsync(messages: 5);
            for (var connection = 0; connection < 4; connection++)
                await readers.AskAsync(session.Token, Path(id), times: 4);
        }

        await scene.Node.UntilMetricAsync("chat_outgoing_ended", ended => ended > 0);
        var waiting = await scene.Node.UntilMetricAsync("chat_outgoing_bytes", _ => true);
        Assert.InRange(waiting, 0, OutgoingBytes);
        await NobodyNoticesAsync();
    }

    [Fact]
    public async Task Who_takes_an_answer_too_slowly_is_ended()
    {
        Assert.SkipUnless(IsLong, "The least rate counts over a minute.");
        var (session, id) = await VisitorAsync(messages: 101);
        using var readers = new BadReaders(scene.Node.BaseAddress);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Token);
        bound.CancelAfter(TimeSpan.FromMinutes(4));
        await readers.AskAsync(session.Token, Path(id), times: 3);

        await readers.TrickleAsync(bound.Token);

        await NobodyNoticesAsync();
    }

    [Fact]
    public async Task What_a_visitor_asks_of_many_long_conversations_costs_what_it_is_answered()
    {
        var session = await scene.NewVisitorAsync();
        var cursors = new List<Cursor>();
        await using (var socket = await scene.SocketAsync("visitor", session.Token))
        {
            for (var i = 0; i < (IsLong ? 36 : 20); i++)
                cursors.Add(new Cursor(await socket.OpenConversationAsync(), 0, 0));
        }
        foreach (var cursor in cursors)
            scene.Database.AddMessages(cursor.ConversationId, upTo: 100, Long);

        var answers = Task.WhenAll(Enumerable.Range(0, 40).Select(_ => SyncAsync(session.Token, cursors)));
        await NobodyNoticesAsync();

        var given = (await answers).OfType<(SyncResult Result, long Bytes)>().ToList();
        Assert.NotEmpty(given);
        Assert.All(given, answer => Assert.InRange(answer.Bytes, 24_000, 350_000));
        Assert.All(given, answer => Assert.Equal(cursors.Count, answer.Result.Conversations.Count));
        Assert.All(given, answer => Assert.All(answer.Result.Conversations, page => Assert.True(page.HasMore)));
        Assert.All(given, answer => Assert.Contains(answer.Result.Conversations, page => page.Events is [.., { Seq: 100 }]));
    }

    private static string Path(ConversationId id) => $"conversations/{id}/events?limit=200";

    private async Task<(VisitorSession Session, ConversationId Id)> VisitorAsync(int messages)
    {
        var session = await scene.NewVisitorAsync();
        await using var socket = await scene.SocketAsync("visitor", session.Token);
        var id = await socket.OpenConversationAsync();
        scene.Database.AddMessages(id, messages, Long);
        return (session, id);
    }

    /// <summary>Null: refused, for so many at once.</summary>
    private async Task<(SyncResult, long)?> SyncAsync(string token, IReadOnlyList<Cursor> cursors)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(scene.Node.BaseAddress, "api/v1/sync"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(new Sync(cursors), options: ChatJson.Wire.Options);
        using var response = await scene.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            return null;
        response.EnsureSuccessStatusCode();
        var result = await response.Content.ReadFromJsonAsync(ChatJson.Wire.SyncResult, Token);
        return (result!, response.Content.Headers.ContentLength!.Value);
    }

    /// <summary>Those who are here go on chatting, and those who come are greeted.</summary>
    private async Task NobodyNoticesAsync()
    {
        await scene.Bystanders.ChatAsync();
        await using var fresh = await scene.VisitorSocketAsync();
        await fresh.OpenConversationAsync();
        Assert.True(scene.Node.IsRunning, scene.Node.Output);
    }

    /// <summary>As small as a node can be.</summary>
    public sealed class NarrowScene : HubScene
    {
        protected override IReadOnlyDictionary<string, string?> Settings =>
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                // 192 MB, as the runtime reads it.
                ["DOTNET_GCHeapHardLimit"] = "0xC000000",
                ["Outgoing__MaxBytes"] = $"{OutgoingBytes}",
            };
    }
}
