using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests;

/// <summary>An app that comes back to the foreground while its connection still lives, as far as it knows.</summary>
public sealed class ForegroundTests
{
    [Fact]
    public async Task It_asks_over_a_living_connection_for_what_was_missed()
    {
        var links = new RecordingLink.Factory { Answer = AnswerAsync };
        var options = new ChatClientOptions
        {
            Url = new Uri("http://chat.example"),
            Inbox = "shop",
            HttpHandler = () => new StubHandler(_ => Task.FromResult(StubHandler.Refusal(ErrorCode.Unavailable))),
        };
        var model = new ChatModel(Side.Visitor, new MemoryStorage(), options.TimeProvider);
        var rest = new RestCalls(options);
        await using var parts = new ClientParts(options, model, rest, new VisitorTokens(options, rest, model), links);
        await parts.StartAsync(TestContext.Current.CancellationToken);
        var link = await links.NextAsync();
        await link.CallOfAsync("Hello");
        await link.CallOfAsync("Delivered");

        parts.Resume();

        Assert.Equal([new Cursor(Pages.Id, 1, Pages.Head)], ((Sync)await link.CallOfAsync("Sync")).Cursors);
    }

    private static Task<object?> AnswerAsync(object request) =>
        Task.FromResult<object?>(
            request switch
            {
                Hello => new HelloResult(
                    DateTimeOffset.UnixEpoch,
                    new Me(ActorKind.Visitor, Guid.CreateVersion7(), null, null, []),
                    ClientLimits.Current,
                    [Pages.After(0, Pages.Head)]
                ),
                Sync => new SyncResult([]),
                _ => null,
            }
        );
}
