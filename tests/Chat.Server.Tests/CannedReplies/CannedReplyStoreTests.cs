using Chat.Contracts;
using Chat.Server.CannedReplies;
using Chat.Server.Storage;
using Chat.Server.Tests.Identity;

namespace Chat.Server.Tests.CannedReplies;

public abstract class CannedReplyStoreTests : IdentityTest
{
    private CannedReplyStore Store => new(Server.Get<IDatabase>());

    [Fact]
    public async Task An_operator_has_his_own_and_the_shared_ones_of_his_inboxes()
    {
        var (shop, bank) = ((await Server.AddInboxAsync()).Id, (await Server.AddInboxAsync()).Id);
        var (olga, _) = await Server.AddOperatorAsync();
        var (bert, _) = await Server.AddOperatorAsync();
        foreach (var reply in (StoredReply[])[Reply("b", olga), Reply("x", bert), Reply("a", null, shop), Reply("y", null, bank)])
            Assert.Equal(ReplyStored.Ok, await Store.AddAsync(reply, default));

        Assert.Equal(["a", "b"], (await Store.ListAsync(olga, [shop], default)).Select(reply => reply.Shortcut));
        Assert.Equal(["b"], (await Store.ListAsync(olga, [], default)).Select(reply => reply.Shortcut));
        Assert.Equal(["a", "x", "y"], (await Store.ListAsync(bert, [shop, bank], default)).Select(reply => reply.Shortcut));
    }

    [Fact]
    public async Task A_shortcut_is_taken_once_for_each_operator_and_each_inbox()
    {
        var (shop, bank) = ((await Server.AddInboxAsync()).Id, (await Server.AddInboxAsync()).Id);
        var (olga, _) = await Server.AddOperatorAsync();
        var (bert, _) = await Server.AddOperatorAsync();
        var own = Reply("hi", olga, shop);
        var shared = Reply("hi", null, shop);
        foreach (var reply in (StoredReply[])[own, shared, Reply("hi", bert), Reply("hi", null, bank)])
            Assert.Equal(ReplyStored.Ok, await Store.AddAsync(reply, default));

        Assert.Equal(ReplyStored.Taken, await Store.AddAsync(Reply("hi", olga, bank), default));
        Assert.Equal(ReplyStored.Taken, await Store.AddAsync(Reply("hi", null, shop), default));
        var other = Reply("bye", olga);
        Assert.Equal(ReplyStored.Ok, await Store.AddAsync(other, default));
        Assert.Equal(ReplyStored.Taken, await Store.ReplaceAsync(other with { Shortcut = "hi" }, default));
        Assert.Equal(ReplyStored.Ok, await Store.ReplaceAsync(own with { Body = "Hello\nagain" }, default));
        Assert.Equal(own with { Body = "Hello\nagain" }, await Store.FindAsync(own.Id, default));
        Assert.Equal(shared, await Store.FindAsync(shared.Id, default));
    }

    [Fact]
    public async Task A_removed_reply_is_gone()
    {
        var (olga, _) = await Server.AddOperatorAsync();
        var reply = Reply("hi", olga);
        await Store.AddAsync(reply, default);

        await Store.RemoveAsync(reply.Id, default);
        await Store.RemoveAsync(reply.Id, default);

        Assert.Null(await Store.FindAsync(reply.Id, default));
        Assert.Equal(ReplyStored.Ok, await Store.AddAsync(Reply("hi", olga), default));
    }

    [Fact]
    public async Task Nobody_has_more_than_the_limit()
    {
        var (olga, _) = await Server.AddOperatorAsync();
        for (var i = 0; i < Limits.CannedReplies; i++)
            Assert.Equal(ReplyStored.Ok, await Store.AddAsync(Reply($"n{i}", olga), default));

        Assert.Equal(ReplyStored.Full, await Store.AddAsync(Reply("more", olga), default));
    }

    [Fact]
    public async Task Of_two_replies_that_take_one_shortcut_at_once_one_has_it()
    {
        var (olga, _) = await Server.AddOperatorAsync();
        for (var i = 0; i < 20; i++)
        {
            var replies = new[] { Reply($"a{i}", olga), Reply($"b{i}", olga) };
            foreach (var reply in replies)
                await Store.AddAsync(reply, default);

            var stored = await Task.WhenAll(replies.Select(reply => Store.ReplaceAsync(reply with { Shortcut = $"c{i}" }, default)));

            Assert.Equal([ReplyStored.Ok, ReplyStored.Taken], stored.Order());
        }
    }

    [Fact]
    public async Task A_reply_does_not_move_to_an_inbox_that_has_all_it_may_have()
    {
        var (shop, bank) = ((await Server.AddInboxAsync()).Id, (await Server.AddInboxAsync()).Id);
        var moved = Reply("moved", null, bank);
        await Store.AddAsync(moved, default);
        var last = Reply("last", null, shop);
        await Store.AddAsync(last, default);
        for (var i = 1; i < Limits.CannedReplies; i++)
            await Store.AddAsync(Reply($"n{i}", null, shop), default);

        Assert.Equal(ReplyStored.Full, await Store.ReplaceAsync(moved with { InboxId = shop }, default));
        Assert.Equal(ReplyStored.Ok, await Store.ReplaceAsync(last with { Body = "Another" }, default));
    }

    private static StoredReply Reply(string shortcut, OperatorId? owner, InboxId? inbox = null) =>
        new()
        {
            Id = new CannedReplyId(Guid.CreateVersion7()),
            OperatorId = owner,
            InboxId = inbox,
            Shortcut = shortcut,
            Title = "Title",
            Body = "{visitor.name}, hello 👋",
        };
}

public sealed class SqliteCannedReplyStoreTests : CannedReplyStoreTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresCannedReplyStoreTests : CannedReplyStoreTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
