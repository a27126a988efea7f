using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Chat.Server.Tests.Identity;
using Chat.Server.Visitors;

namespace Chat.Server.Tests.Visitors;

/// <summary>What a blocked visitor may still do: nothing.</summary>
public abstract class BlockTests : IdentityTest
{
    private static readonly OperatorId Somebody = new(Guid.NewGuid());

    private VisitorBlocks Blocks => Server.Get<VisitorBlocks>();

    [Fact]
    public async Task A_blocked_visitor_neither_continues_nor_starts_anew_on_his_device_nor_calls_with_his_token()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var session = await Server.VisitAsync(inbox, device);
        await OpenAsync(inbox, session.VisitorId, device);
        Assert.Equal(200, (int)(await Server.GetAsync("/api/v1/mine", session.Token)).StatusCode);

        await Server.Get<BlockStore>().BlockAsync(session.VisitorId, Somebody, "Threats", default);
        await Blocks.RefreshAsync(default);

        await RefusedAsync(await Server.TryVisitAsync(inbox, device, refresh: session.RefreshToken));
        await RefusedAsync(await Server.TryVisitAsync(inbox, device));
        await RefusedAsync(await Server.GetAsync("/api/v1/mine", session.Token));
        await RefusedAsync(await Server.GetAsync("/hubs/visitor", session.Token));
        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox)).StatusCode);
        Assert.Equal(200, (int)(await Server.TryVisitAsync(await Server.AddInboxAsync(), device)).StatusCode);
    }

    [Fact]
    public async Task Who_is_unblocked_comes_back_as_the_one_he_was()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var session = await Server.VisitAsync(inbox, device);
        await OpenAsync(inbox, session.VisitorId, device);
        await Server.Get<BlockStore>().BlockAsync(session.VisitorId, Somebody, null, default);
        await Blocks.RefreshAsync(default);

        await Server.Get<BlockStore>().UnblockAsync(session.VisitorId, default);
        await Blocks.RefreshAsync(default);

        Assert.Equal(session.VisitorId, (await Server.VisitAsync(inbox, device, refresh: session.RefreshToken)).VisitorId);
        Assert.Equal(200, (int)(await Server.GetAsync("/api/v1/mine", session.Token)).StatusCode);
    }

    [Fact]
    public async Task Other_nodes_know_it_within_fifteen_seconds_without_the_bus()
    {
        var inbox = await Server.AddInboxAsync();
        var session = await Server.VisitAsync(inbox);
        await OpenAsync(inbox, session.VisitorId, Guid.NewGuid());
        var known = new TaskCompletionSource<IReadOnlyCollection<VisitorId>>();
        Blocks.Read += blocked => known.TrySetResult(blocked);
        await Server.Get<BlockStore>().BlockAsync(session.VisitorId, Somebody, null, default);

        Server.Time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal([session.VisitorId], await known.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_visitor_is_remembered_with_what_he_comes_with()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var session = await Server.VisitAsync(inbox, device);
        await OpenAsync(inbox, session.VisitorId, device);

        var body = new VisitorSessionRequest(inbox.Key, device, RefreshToken: session.RefreshToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/visitor/session")
        {
            Content = JsonContent.Create(body, options: ChatJson.Wire.Options),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0");
        request.Headers.TryAddWithoutValidation("Accept-Language", "ru-RU,ru;q=0.9");
        var answer = await Server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)answer.StatusCode);
        var known = await Server.Get<VisitorStore>().FindAsync(session.VisitorId, default);
        Assert.Equal(new CallerDevice(device, "Firefox 144", "Linux", "ru-RU"), known!.Device);
        var refused = await Server.PostAsync("/api/v1/visitor/session", body with { RefreshToken = null, Locale = "not a locale" });
        Assert.Equal(400, (int)refused.StatusCode);
    }

    private Task<OpenedConversation?> OpenAsync(Inbox inbox, VisitorId visitor, Guid device) =>
        Server
            .Get<IEventLog>()
            .OpenAsync(
                new NewConversation(
                    new ConversationId(Guid.CreateVersion7()),
                    inbox.Id,
                    visitor,
                    null,
                    Guid.NewGuid(),
                    null,
                    null,
                    null,
                    new CallerDevice(device, null, null, null)
                ),
                default
            );

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        var problem = (await answer.Content.ReadFromJsonAsync(ChatJson.Wire.Problem))!;
        Assert.Equal((403, "forbidden", "blocked"), ((int)answer.StatusCode, problem.Code, problem.Detail));
    }
}

public sealed class SqliteBlockTests : BlockTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresBlockTests : BlockTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
