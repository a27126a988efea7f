using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

[Collection(RestCollection.Name)]
public sealed class CannedReplyRouteTests(RestNode node)
{
    private const string Path = "canned-replies";

    private static int _number;

    [Fact]
    public async Task A_personal_reply_is_its_owners_alone()
    {
        var draft = new CannedReplyDraft(Next(), "Hello", "{visitor.name}, hello 👋\nsecond line");

        var added = await node.Olga.PostAsync<CannedReply>(Path, draft);

        Assert.Equal((draft.Shortcut, draft.Body, false, null), (added.Shortcut, added.Body, added.Shared, added.InboxId));
        Assert.Contains(added, await ListAsync(node.Olga));
        foreach (var other in (RestClient[])[node.Supervisor, node.Stranger, node.Admin])
        {
            Assert.DoesNotContain(added, await ListAsync(other));
            await other.RefusedAsync(ErrorCode.NotFound, HttpMethod.Put, $"{Path}/{added.Id}", draft);
            await other.RefusedAsync(ErrorCode.NotFound, HttpMethod.Delete, $"{Path}/{added.Id}");
        }
        var changed = await node.Olga.CallAsync<CannedReply>(HttpMethod.Put, $"{Path}/{added.Id}", draft with { Title = "Bye" });
        Assert.Equal(("Bye", added.Id), (changed.Title, changed.Id));
        await node.Olga.DoAsync(HttpMethod.Delete, $"{Path}/{added.Id}");
        await node.Olga.RefusedAsync(ErrorCode.NotFound, HttpMethod.Delete, $"{Path}/{added.Id}");
    }

    [Fact]
    public async Task A_shared_reply_is_seen_by_members_and_changed_by_supervisors()
    {
        var draft = new CannedReplyDraft(Next(), "Refund", "Within 14 days", Shared: true, InboxId: node.Shop.Id);
        await node.Olga.RefusedAsync(ErrorCode.Forbidden, Path, draft);

        var added = await node.Supervisor.PostAsync<CannedReply>(Path, draft);

        Assert.Contains(added, await ListAsync(node.Olga));
        Assert.DoesNotContain(added, await ListAsync(node.Stranger));
        await node.Olga.RefusedAsync(ErrorCode.Forbidden, HttpMethod.Put, $"{Path}/{added.Id}", draft);
        await node.Olga.RefusedAsync(ErrorCode.Forbidden, HttpMethod.Delete, $"{Path}/{added.Id}");
        await node.Stranger.RefusedAsync(ErrorCode.NotFound, HttpMethod.Delete, $"{Path}/{added.Id}");
        await node.Supervisor.RefusedAsync(ErrorCode.Conflict, Path, draft);
        await node.Supervisor.RefusedAsync(ErrorCode.Invalid, HttpMethod.Put, $"{Path}/{added.Id}", draft with { Shared = false });
        await node.Supervisor.RefusedAsync(ErrorCode.NotFound, Path, draft with { InboxId = node.Other.Id });
        await node.Supervisor.DoAsync(HttpMethod.Delete, $"{Path}/{added.Id}");
        Assert.DoesNotContain(added, await ListAsync(node.Olga));
    }

    [Theory]
    [InlineData("", "Title", "Body", "invalid")]
    [InlineData("two words", "Title", "Body", "invalid")]
    [InlineData("a/b", "Title", "Body", "invalid")]
    [InlineData("line\n", "Title", "Body", "invalid")]
    [InlineData("123456789012345678901234567890123", "Title", "Body", "invalid")]
    [InlineData("fine", " ", "Body", "invalid")]
    [InlineData("fine", "two\nlines", "Body", "invalid")]
    [InlineData("fine", "Title", "", "invalid")]
    [InlineData("fine", "Title", "a\0b", "invalid")]
    [InlineData("fine", "Title", "long", "too_large")]
    public async Task What_is_no_reply_is_refused_and_not_stored(string shortcut, string title, string body, string code)
    {
        var before = (await ListAsync(node.Olga)).Count;
        var draft = new CannedReplyDraft(shortcut, title, body == "long" ? new string('x', Limits.BodyLength + 1) : body);

        await node.Olga.RefusedAsync(ErrorCode.Find(code)!, Path, draft);
        await node.Olga.RefusedAsync(ErrorCode.Invalid, Path, new CannedReplyDraft("fine", "Title", "Body", Shared: true));

        Assert.Equal(before, (await ListAsync(node.Olga)).Count);
    }

    [Fact]
    public async Task A_card_number_is_masked()
    {
        var draft = new CannedReplyDraft(Next(), "Card", "my card is 4111 1111 1111 1111");

        var added = await node.Olga.PostAsync<CannedReply>(Path, draft);

        Assert.DoesNotContain("4111 1111 1111 1111", added.Body, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<CannedReply>> ListAsync(RestClient who) => (await who.GetAsync<CannedReplyList>(Path)).Replies;

    private static string Next() => $"привет-{Interlocked.Increment(ref _number)}";
}
