using System.Net.Http.Json;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Push;

/// <summary>What an app that is woken asks for, of a server whose answers have room for ten events.</summary>
public sealed class PushFetchTests : IAsyncLifetime
{
    private const int Room = 10;

    private static readonly ConversationId Other = new(Guid.CreateVersion7());

    private readonly VisitorId _visitor = new(Guid.CreateVersion7());
    private readonly MemoryStorage _storage = new();
    private readonly List<MarkSeq> _told = [];
    private ChatClient _app = null!;

    public async ValueTask InitializeAsync()
    {
        var (seen, others) = (Pages.After(0, many: 1), Of(Other, Pages.After(0, many: 1)));
        await using (var model = new ChatModel(Side.Visitor, _storage, TimeProvider.System))
        {
            await model.Account.SetSessionAsync(new SavedSession(_visitor, "refresh", Identified: false));
            model.Apply(seen);
            model.Apply(others);
        }
        _app = new ChatClient(
            new ChatClientOptions
            {
                Url = new Uri("http://chat.example"),
                Inbox = "demo",
                Storage = _storage,
                HttpHandler = () => new StubHandler(AnswerAsync),
            }
        );
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_badge_counts_what_had_no_room_in_the_first_answer()
    {
        var receipt = await _app.ReceivePushAsync(Push(Pages.Head), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((true, Pages.Head, 2 * Pages.Head), (receipt!.IsFetched, receipt.Seq, receipt.Badge));
        Assert.Equal(2 * Pages.Head, _app.Unread.Value);
    }

    [Fact]
    public async Task A_push_of_what_is_not_there_is_not_believed()
    {
        var receipt = await _app.ReceivePushAsync(Push(1000), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((Pages.Head, true), (receipt!.Seq, receipt.IsFetched));
        Assert.Equal([new MarkSeq(Pages.Id, Pages.Head)], _told);
    }

    private PushMessage Push(int seq) =>
        new()
        {
            ConversationId = Pages.Id,
            Seq = seq,
            Text = "Message",
            VisitorId = _visitor,
        };

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/session", StringComparison.Ordinal))
            return StubHandler.Json(new VisitorSession("token", TimeProvider.System.GetUtcNow().AddHours(1), _visitor, "refresh"));
        if (path.EndsWith("/delivered", StringComparison.Ordinal))
        {
            _told.Add((await request.Content!.ReadFromJsonAsync(ClientJson.Info<MarkSeq>()))!);
            return new HttpResponseMessage(System.Net.HttpStatusCode.NoContent);
        }
        var sync = (await request.Content!.ReadFromJsonAsync(ClientJson.Info<Sync>()))!;
        var room = Room;
        var pages = new List<ConversationPage>();
        foreach (var cursor in sync.Cursors)
        {
            var page = Pages.After(cursor.Seq, room);
            room -= page.Events.Count;
            pages.Add(cursor.ConversationId == Other ? Of(Other, page) : page);
        }
        return StubHandler.Json(new SyncResult(pages));
    }

    private static ConversationPage Of(ConversationId id, ConversationPage page) =>
        page with
        {
            Conversation = page.Conversation with { Id = id },
            Events = [.. page.Events.Select(e => e with { ConversationId = id })],
        };
}
