using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Tests.Identity;

public abstract class DirectoryTests : IdentityTest
{
    private InboxDirectory Directory => Server.Get<InboxDirectory>();

    [Fact]
    public async Task It_knows_inboxes_members_and_teams_as_they_were_stored()
    {
        var shop = await Server.AddInboxAsync(native: true, "https://shop.example", "https://www.shop.example");
        var bank = await Server.AddInboxAsync(native: false);
        var (olga, _) = await Server.AddOperatorAsync(OperatorRole.Supervisor, inboxes: shop.Id);
        var team = new Team(
            new TeamId(Guid.CreateVersion7()),
            "Night",
            new HashSet<InboxId> { shop.Id, bank.Id },
            new HashSet<OperatorId> { olga }
        );
        await Server.Get<TeamStore>().AddAsync(team, default);
        await Directory.RefreshAsync(default);

        Assert.Equivalent(shop, Directory.Find(shop.Id), strict: true);
        Assert.Equal(bank.Id, Directory.FindByKey(bank.Key)!.Id);
        Assert.Equal(2, Directory.All.Count);
        Assert.Equal([shop.Id], Directory.InboxesOf(olga));
        var account = await Server.Get<OperatorStore>().FindAsync(olga, default);
        Assert.Equal(
            new OperatorProfile(olga, "Olga", null, OperatorRole.Supervisor, account!.SecurityStamp),
            Directory.FindOperator(olga)
        );
        Assert.Equivalent(team, Directory.FindTeam(team.Id), strict: true);
        Assert.Null(Directory.FindByKey("unknown"));
        Assert.Empty(Directory.InboxesOf(new OperatorId(Guid.NewGuid())));
    }

    [Fact]
    public async Task An_inbox_and_a_team_can_be_changed()
    {
        var shop = await Server.AddInboxAsync(native: true, "https://shop.example");
        var (olga, _) = await Server.AddOperatorAsync();
        var team = new Team(new TeamId(Guid.CreateVersion7()), "Night", new HashSet<InboxId> { shop.Id }, new HashSet<OperatorId> { olga });
        await Server.Get<TeamStore>().AddAsync(team, default);

        var changed = shop with
        {
            Name = "Store",
            Origins = ["https://store.example"],
            ReopenDays = 1,
            AllowPreview = true,
            Setup = new InboxSetup
            {
                Appearance = new InboxAppearance("#0a7d4f", WidgetPosition.Left, Title: Text("Магазин")),
                QueuePosition = false,
                Form = new PreChatForm([
                    new("subject", FormFieldType.Select, Text("Тема"), true, [new FormOption("booking", Text("Бронь"))]),
                ]),
                Hours = new BusinessHours("Europe/Berlin", [new OpenPeriod(1, "09:00", "18:00")], ["2026-12-25"]),
                OfflineText = Text("Мы спим"),
            },
        };
        Assert.NotNull(await Server.Get<InboxStore>().ChangeAsync(shop.Id, _ => changed, default));
        Assert.Null(await Server.Get<InboxStore>().ChangeAsync(new InboxId(Guid.NewGuid()), _ => changed, default));
        Assert.False(await Server.Get<InboxStore>().AddAsync(changed with { Id = new InboxId(Guid.NewGuid()) }, default));
        Assert.True(await Server.Get<TeamStore>().ReplaceAsync(team with { Name = "Day", Members = new HashSet<OperatorId>() }, default));
        await Directory.RefreshAsync(default);

        Assert.Equivalent(changed, Directory.Find(shop.Id), strict: true);
        Assert.Equal(
            ("Day", 0, 1),
            (Directory.FindTeam(team.Id)!.Name, Directory.FindTeam(team.Id)!.Members.Count, Directory.FindTeam(team.Id)!.Inboxes.Count)
        );

        // One that has been removed does not come back by being changed.
        Assert.Equal(TeamRemoval.Done, await Server.Get<TeamStore>().RemoveAsync(team.Id, default));
        Assert.False(await Server.Get<TeamStore>().ReplaceAsync(team, default));
        Assert.Empty(await Server.Get<TeamStore>().ListAsync(default));
    }

    [Fact]
    public async Task Of_two_changes_of_an_inbox_at_once_neither_is_lost()
    {
        var shop = await Server.AddInboxAsync();
        var inboxes = Server.Get<InboxStore>();

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => inboxes.ChangeAsync(shop.Id, inbox => inbox with { ReopenDays = inbox.ReopenDays + 1 }, default))
        );

        Assert.Equal(shop.ReopenDays + 8, (await inboxes.FindAsync(shop.Id, default))!.ReopenDays);
    }

    [Fact]
    public async Task An_admin_who_is_demoted_in_this_moment_demotes_nobody()
    {
        var operators = Server.Get<OperatorStore>();
        var (demoted, other) = (
            (await Server.AddOperatorAsync(OperatorRole.Admin)).Id,
            (await Server.AddOperatorAsync(OperatorRole.Admin)).Id
        );
        var (done, commit) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var demoting = Server
            .Get<IDatabase>()
            .WriteAsync(
                async transaction =>
                {
                    var row = new { id = demoted.Value, role = (short)OperatorRole.Operator };
                    var changed = await transaction.Connection!.ExecuteAsync(
                        "UPDATE operator SET role = @role WHERE id = @id",
                        row,
                        transaction
                    );
                    done.SetResult();
                    await commit.Task;
                    return changed;
                },
                default
            );
        await done.Task;

        var revenge = operators.ChangeAsync(other, by: demoted, new AccountChange(null, null, OperatorRole.Operator, null), default);
        await UntilItWaitsAsync(revenge);
        commit.SetResult();
        await demoting;

        Assert.Equal(ErrorCode.Unauthenticated, (await revenge).Refusal);
        Assert.Equal(OperatorRole.Admin, (await operators.FindAsync(other, default))!.Role);
    }

    [Fact]
    public async Task A_change_of_what_the_widget_shows_is_a_change()
    {
        var shop = await Server.AddInboxAsync();
        var changes = 0;
        Directory.Changed += _ => changes++;

        var setup = new InboxSetup { OfflineText = Text("Later") };
        await Server.Get<InboxStore>().ChangeAsync(shop.Id, inbox => inbox with { Setup = setup }, default);
        await Directory.RefreshAsync(default);
        await Directory.RefreshAsync(default);

        Assert.Equal(1, changes);
        Assert.Equal("Later", Directory.Find(shop.Id)!.Setup.OfflineText!["ru"]);
    }

    private static Dictionary<string, string> Text(string text) => new(StringComparer.Ordinal) { ["ru"] = text };

    [Fact]
    public async Task It_reports_whose_rights_are_others_and_nobody_else()
    {
        var inbox = await Server.AddInboxAsync();
        var operators = Server.Get<OperatorStore>();
        var (disabled, _) = await Server.AddOperatorAsync(inboxes: inbox.Id);
        var (demoted, _) = await Server.AddOperatorAsync(OperatorRole.Admin, inboxes: inbox.Id);
        var (removed, _) = await Server.AddOperatorAsync(inboxes: inbox.Id);
        var (restamped, email) = await Server.AddOperatorAsync(inboxes: inbox.Id);
        var (added, _) = await Server.AddOperatorAsync();
        await Server.AddOperatorAsync(inboxes: inbox.Id);
        var reports = new List<IReadOnlyCollection<ChangedAccess>>();
        Directory.Changed += reports.Add;

        await Directory.RefreshAsync(default);
        Assert.Empty(reports);

        await Server.Get<InboxStore>().AddMemberAsync(inbox.Id, added, default);
        await Directory.RefreshAsync(default);
        var gained = Assert.Single(Assert.Single(reports));
        Assert.Equal((added, null), (gained.Operator, gained.Kept));
        Assert.Empty(gained.Before);

        await operators.SetDisabledAsync(disabled, true, default);
        await operators.ChangeAsync(demoted, by: demoted, new AccountChange(null, null, OperatorRole.Operator, null), default);
        await Server.Get<InboxStore>().RemoveMemberAsync(inbox.Id, removed, default);
        var stamp = Guid.NewGuid();
        Assert.True(await operators.SetPasswordAsync((await operators.FindByEmailAsync(email, default))!, "hash", stamp, default));
        reports.Clear();
        await Directory.RefreshAsync(default);

        Assert.Equivalent(
            new (OperatorId, Guid?)[] { (disabled, null), (demoted, null), (removed, null), (restamped, stamp) },
            Assert.Single(reports).Select(changed => (changed.Operator, changed.Kept)),
            strict: true
        );
        Assert.All(Assert.Single(reports), changed => Assert.Equal([inbox.Id], changed.Before));
        Assert.Null(Directory.FindOperator(disabled));
        Assert.Empty(Directory.InboxesOf(disabled));
        Assert.Empty(Directory.InboxesOf(removed));
    }

    [Fact]
    public async Task It_reads_again_by_itself_within_fifteen_seconds()
    {
        var changed = new TaskCompletionSource();
        Directory.Changed += _ => changed.TrySetResult();
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.CreateVersion7()),
            Key = "late",
            Name = "Late",
        };
        await Server.Get<InboxStore>().AddAsync(inbox, default);

        Server.Time.Advance(TimeSpan.FromSeconds(15));

        await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotNull(Directory.FindByKey("late"));
    }

    [Fact]
    public async Task An_empty_database_is_seeded_once()
    {
        var seed = Server.Get<DemoSeed>();

        var demo = await seed.SeedAsync(default);

        Assert.Null(await seed.SeedAsync(default));
        var (_, session, _) = await Server.SignInAsync(new(demo!.Email, demo.Password));
        Assert.Equal((OperatorRole.Admin, false), (session!.Role, session.MustChangePassword));
        Assert.Equal([Directory.FindByKey(demo.InboxKey)!.Id], Directory.InboxesOf(session.Operator.Id));
        Assert.Equal(200, (int)(await Server.TryVisitAsync(Directory.FindByKey(demo.InboxKey)!)).StatusCode);
    }

    [Fact]
    public async Task A_host_sites_key_keeps_its_secret_and_its_name()
    {
        var inbox = await Server.AddInboxAsync();
        var other = await Server.AddInboxAsync();
        var keys = Server.Get<KeyStore>();
        var key = new InboxKey(inbox.Id, "k1", "HS256", new byte[32]);

        Assert.True(await keys.AddInboxKeyAsync(key, default));
        Assert.False(await keys.AddInboxKeyAsync(key with { Algorithm = "RS256" }, default));

        var found = (await keys.FindInboxKeyAsync(inbox.Id, "k1", default))!;
        Assert.Equivalent(key with { Id = found.Id }, found, strict: true);
        Assert.Contains(found.Id, (await Server.Get<InboxStore>().FindAsync(inbox.Id, default))!.IdentityKeys);
        Assert.Null(await keys.FindInboxKeyAsync(other.Id, "k1", default));
    }
}

public sealed class SqliteDirectoryTests : DirectoryTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresDirectoryTests : DirectoryTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
