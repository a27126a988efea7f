using Chat.Contracts;
using Chat.Server.Commands;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Identity;

public abstract class CommandTests : IdentityTest
{
    [Fact]
    public async Task An_inbox_is_added_and_listed()
    {
        Environment.SetEnvironmentVariable("SHOP_SECRET", "a secret of the shop with 32 bytes");
        var added = await RunAsync(
            "inbox add --name Shop --key shop --origin https://shop.example --origin https://www.shop.example --native"
                + " --identity-kid k1 --identity-alg HS256 --identity-secret-env SHOP_SECRET"
        );
        var listed = await RunAsync("inbox list");
        await Server.Get<IInboxDirectory>().RefreshAsync(default);

        Assert.Equal(0, added.Code);
        var inbox = Server.Get<IInboxDirectory>().FindByKey("shop")!;
        Assert.Equal(("Shop", true), (inbox.Name, inbox.AllowNativeApps));
        Assert.Equal(["https://shop.example", "https://www.shop.example"], inbox.Origins);
        Assert.Equal("HS256", (await Server.Get<KeyStore>().FindInboxKeyAsync(inbox.Id, "k1", default))!.Algorithm);
        Assert.Equal($"shop\t{inbox.Id}\tShop\tnative\thttps://shop.example https://www.shop.example", listed.Output.Trim());
        Assert.Equal(1, (await RunAsync("inbox add --name Shop --key shop")).Code);
    }

    [Fact]
    public async Task An_operator_is_added_with_a_password_to_change_and_disabled()
    {
        await RunAsync("inbox add --name Shop --key shop");

        var added = await RunAsync("operator add --email Olga@example.org --name Olga --role supervisor --inbox shop");
        var password = added.Output.Trim().Split(' ')[^1];
        var (_, session, _) = await Server.SignInAsync(new("olga@example.org", password));

        Assert.True(session!.MustChangePassword);
        Assert.Equal(OperatorRole.Supervisor, session.Role);
        await Server.Get<IInboxDirectory>().RefreshAsync(default);
        Assert.Single(Server.Get<IInboxDirectory>().InboxesOf(session.Operator.Id));
        Assert.Equal(1, (await RunAsync("operator add --email olga@example.org --name Olga")).Code);
        Assert.Equal(1, (await RunAsync("operator add --email ole@example.org --name Ole --inbox unknown")).Code);
        Assert.Null(await Server.Get<OperatorStore>().FindByEmailAsync("ole@example.org", default));

        Assert.Equal(0, (await RunAsync("operator disable --email olga@example.org")).Code);
        Assert.Equal(401, (await Server.SignInAsync(new("olga@example.org", password))).Status);
        Assert.Equal(1, (await RunAsync("operator disable --email nobody@example.org")).Code);
    }

    [Fact]
    public async Task Keys_are_rotated_and_the_epoch_raised()
    {
        var kid = Server.Get<SigningKeys>().Current.Kid;
        var epoch = await Server.Get<IEventLog>().ReadEpochAsync(default);

        var rotated = await RunAsync("key rotate");
        var raised = await RunAsync("epoch raise");

        Assert.NotEqual(kid, Server.Get<SigningKeys>().Current.Kid);
        Assert.Equal(Server.Get<SigningKeys>().Current.Kid, rotated.Output.Trim());
        var now = await Server.Get<IEventLog>().ReadEpochAsync(default);
        Assert.InRange(now, epoch + 1, int.MaxValue);
        Assert.Equal($"{now}", raised.Output.Trim());
    }

    [Theory]
    [InlineData("inbox")]
    [InlineData("inbox add")]
    [InlineData("inbox add --name Shop --unknown")]
    [InlineData("inbox add --name Shop --key a/b")]
    [InlineData("inbox add --name Shop --origin shop.example")]
    [InlineData("inbox add --name Shop --origin https://shop.example/path")]
    [InlineData("inbox add --name Shop --identity-kid k1")]
    [InlineData("inbox add --name Shop --identity-kid k1 --identity-alg HS256 --identity-secret-env NOT_SET_ANYWHERE")]
    [InlineData("inbox add --name Shop --identity-kid k1 --identity-alg none --identity-secret-env PATH")]
    [InlineData("inbox add --name Shop --identity-kid k1 --identity-alg RS256 --identity-secret-env PATH")]
    [InlineData("inbox add --name Sh\0op")]
    [InlineData("inbox add --name Sh\u001Bop")]
    [InlineData("inbox add --name Sh\u202Eop")]
    [InlineData("inbox add --name \u200B")]
    [InlineData("inbox add --name Shop --key abc\n")]
    [InlineData("inbox add --name Shop --identity-kid k\01 --identity-alg HS256 --identity-secret-env PATH")]
    [InlineData("operator add --email a@example.org --name Ol\0ga")]
    [InlineData("operator add --email a@example.org --name Ol\nga")]
    [InlineData("operator add --email a\0@example.org --name Olga")]
    [InlineData("operator add --email @ --name Olga")]
    [InlineData("operator add --email nonsense --name Olga")]
    [InlineData("operator add --email a@example.org --name Olga --role king")]
    [InlineData("nonsense")]
    public async Task Bad_usage_ends_with_2_and_a_sentence_and_changes_nothing(string line)
    {
        var (code, _, errors) = await RunAsync(line);

        Assert.Equal(CommandLine.BadUsage, code);
        Assert.NotEmpty(errors);
        Assert.Empty(await Server.Get<InboxStore>().ListAsync(default));
        Assert.Empty(await Server.Get<OperatorStore>().ListAsync(default));
    }

    [Fact]
    public async Task Help_names_every_command_and_option()
    {
        var all = await RunAsync("--help");
        var help = await RunAsync("inbox add --help");

        Assert.All((string[])["inbox", "operator", "key", "epoch"], word => Assert.Contains(word, all.Output, StringComparison.Ordinal));
        Assert.Equal(0, help.Code);
        Assert.Contains("--identity-secret-env", help.Output, StringComparison.Ordinal);
        Assert.True(CommandLine.IsCommand(["--help"]));
        Assert.True(CommandLine.IsCommand(["inbox"]));
        Assert.False(CommandLine.IsCommand([]));
        Assert.False(CommandLine.IsCommand(["--Storage:DataFolder", "x"]));
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string line)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await CommandLine.RunAsync(Server.Services, line.Split(' '), output, errors, TestContext.Current.CancellationToken);
        return (code, output.ToString(), errors.ToString());
    }
}

public sealed class SqliteCommandTests : CommandTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresCommandTests : CommandTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
