using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

[Collection(RestCollection.Name)]
public sealed class AdminRouteTests(RestNode node)
{
    private static int _number;

    [Fact]
    public async Task An_inbox_is_added_changed_and_works_at_once()
    {
        var draft = new InboxDraft($" Brand {Next()} ", $"brand-{Next()}", ["https://Brand.example", "https://brand.example"]);
        var added = await node.Admin.PostAsync<InboxSettings>("admin/inboxes", draft);
        var patch = new InboxPatch(AllowNativeApps: true, ReopenDays: 0, Origins: ["https://new.example:8443"]);
        var changed = await node.Admin.CallAsync<InboxSettings>(HttpMethod.Patch, $"admin/inboxes/{added.Id}", patch);
        var visitor = await node.NewVisitorAsync(added.Key);
        var listed = await node.Admin.GetAsync<InboxSettingsList>("admin/inboxes");

        Assert.Equal((draft.Name.Trim(), 7, false), (added.Name, added.ReopenDays, added.AllowNativeApps));
        Assert.Equal(["https://brand.example"], added.Origins);
        Assert.Equal((added.Name, 0, true, false), (changed.Name, changed.ReopenDays, changed.AllowNativeApps, changed.AllowPreview));
        Assert.Equal(["https://new.example:8443"], changed.Origins);
        Assert.Equal(added.Id, (await visitor.GetAsync<Me>("me")).Inboxes.Single());
        Assert.Contains(listed.Inboxes, inbox => inbox.Id == added.Id && inbox.ReopenDays == 0);
        await node.Admin.RefusedAsync(ErrorCode.Conflict, "admin/inboxes", draft);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("[\"https://fine.example\",null]")]
    [InlineData("[\"https://xn--\\u4e2d.com\"]")]
    public async Task Origins_that_are_none_are_invalid(string origins)
    {
        var inbox = await AddInboxAsync();

        await node.Admin.RefusedAsync(ErrorCode.Invalid, "admin/inboxes", Json($$"""{"name":"Brand","origins":{{origins}}}"""));
        await node.Admin.RefusedAsync(
            ErrorCode.Invalid,
            HttpMethod.Patch,
            $"admin/inboxes/{inbox.Id}",
            Json($$"""{"origins":{{origins}}}""")
        );

        static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
    }

    [Fact]
    public async Task Of_two_changes_of_an_inbox_at_once_neither_is_lost()
    {
        var inbox = await AddInboxAsync();
        for (var i = 1; i <= 10; i++)
        {
            var (name, days) = ($"Name {i}", i);
            await Task.WhenAll(ChangeAsync(new InboxPatch(Name: name)), ChangeAsync(new InboxPatch(ReopenDays: days)));

            var now = await node.Admin.GetAsync<InboxSettings>($"admin/inboxes/{inbox.Id}");
            Assert.Equal((name, days), (now.Name, now.ReopenDays));
        }

        Task<InboxSettings> ChangeAsync(InboxPatch patch) =>
            node.Admin.CallAsync<InboxSettings>(HttpMethod.Patch, $"admin/inboxes/{inbox.Id}", patch);
    }

    [Fact]
    public async Task Of_two_changes_of_an_operator_at_once_neither_is_lost()
    {
        var member = await node.AddOperatorAsync($"Face{Next()}", OperatorRole.Operator);
        for (var i = 1; i <= 10; i++)
        {
            var (name, avatar) = ($"Name {i}", $"https://faces.example/{i}.png");
            await Task.WhenAll(ChangeAsync(new OperatorPatch(Name: name)), ChangeAsync(new OperatorPatch(Avatar: avatar)));

            var now = await node.Admin.GetAsync<OperatorSettings>($"admin/operators/{member.Id}");
            Assert.Equal((name, avatar), (now.Name, now.Avatar));
        }

        Task<OperatorSettings> ChangeAsync(OperatorPatch patch) =>
            node.Admin.CallAsync<OperatorSettings>(HttpMethod.Patch, $"admin/operators/{member.Id}", patch);
    }

    [Fact]
    public async Task Of_two_admins_who_demote_each_other_at_once_one_remains()
    {
        for (var i = 0; i < 5; i++)
        {
            var one = await node.AddOperatorAsync($"Boss{Next()}", OperatorRole.Admin);
            var other = await node.AddOperatorAsync($"Boss{Next()}", OperatorRole.Admin);

            var answers = await Task.WhenAll(DemoteAsync(one, other), DemoteAsync(other, one));

            Assert.Equal([200, 401], answers.Select(answer => (int)answer.StatusCode).Order());
            var listed = (await node.Admin.GetAsync<OperatorSettingsList>("admin/operators")).Operators;
            Assert.Single(
                listed,
                account => (account.Id.Value == one.Id || account.Id.Value == other.Id) && account.Role == OperatorRole.Admin
            );
        }

        static Task<HttpResponseMessage> DemoteAsync(RestClient by, RestClient whom) =>
            by.SendAsync(HttpMethod.Patch, $"admin/operators/{whom.Id}", new OperatorPatch(OperatorRole.Operator));
    }

    [Fact]
    public async Task A_new_name_of_an_operator_counts_at_once()
    {
        var member = await node.AddOperatorAsync($"Old{Next()}", OperatorRole.Operator, node.Shop);
        var id = await (await node.NewVisitorAsync()).OpenAsync();
        await node.Admin.CallAsync<OperatorSettings>(HttpMethod.Patch, $"admin/operators/{member.Id}", new OperatorPatch(Name: "New"));

        var claimed = (await member.ClaimAsync(id)).Event!;
        var said = (await member.SayAsync(id, "Hello")).Event!;

        Assert.Equal(("New", "New", "New"), (claimed.Data!.Assignee!.Name, claimed.Actor!.Name, said.Actor!.Name));
        Assert.Equal("New", (await member.GetAsync<Me>("me")).Name);
    }

    [Theory]
    [InlineData("", "fine", "https://fine.example", 7)]
    [InlineData("Fine", "not fine", "https://fine.example", 7)]
    [InlineData("Fine", "fine", "https://fine.example/path", 7)]
    [InlineData("Fine", "fine", "https://fine.example", 366)]
    [InlineData("Fine", "fine", "https://fine.example", -1)]
    public async Task An_inbox_that_cannot_be_is_invalid_and_says_why(string name, string key, string origin, int days)
    {
        var problem = await node.Admin.RefusedAsync(
            ErrorCode.Invalid,
            "admin/inboxes",
            new InboxDraft(name, key, [origin], ReopenDays: days)
        );

        Assert.NotEmpty(problem.Detail ?? "");
    }

    [Fact]
    public async Task A_member_sees_the_inbox_at_once_and_no_longer_when_he_is_removed()
    {
        var inbox = await AddInboxAsync();
        var member = await node.AddOperatorAsync($"Member{Next()}", OperatorRole.Operator);
        var path = $"admin/inboxes/{inbox.Id}/members/{member.Id}";
        Assert.Empty((await member.GetAsync<InboxList>("inboxes")).Inboxes);

        await node.Admin.DoAsync(HttpMethod.Put, path);
        await node.Admin.DoAsync(HttpMethod.Put, path);
        var seen = await member.GetAsync<InboxList>("inboxes");
        var assignees = await member.GetAsync<Assignees>($"inboxes/{inbox.Id}/assignees");
        await node.Admin.DoAsync(HttpMethod.Delete, path);

        Assert.Equal([new InboxFace(inbox.Id, inbox.Name, false, InboxAppearance.DefaultColor)], seen.Inboxes);
        Assert.Equal([member.Id], assignees.Operators.Select(face => face.Id.Value));
        await member.RefusedAsync(ErrorCode.NotFound, $"inboxes/{inbox.Id}/assignees");
        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Put, $"admin/inboxes/{inbox.Id}/members/{Guid.NewGuid()}");
        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Put, $"admin/inboxes/{Guid.NewGuid()}/members/{member.Id}");
    }

    [Fact]
    public async Task A_disabled_operators_token_and_socket_end_and_he_signs_in_again_when_he_is_back()
    {
        var member = await node.AddOperatorAsync($"Leaver{Next()}", OperatorRole.Operator, node.Shop);
        await using var socket = node.Connect(member, isOperator: true);
        await socket.UntilAsync(() => socket.Reconnects == 0, "the socket is there");

        var off = await node.Admin.CallAsync<OperatorSettings>(
            HttpMethod.Patch,
            $"admin/operators/{member.Id}",
            new OperatorPatch(Disabled: true)
        );

        Assert.True(off.Disabled);
        await socket.UntilAsync(() => socket.Pushes.Any(push => push.Push is GoAway { Reason: "revoked" }), "the socket is sent away");
        await member.RefusedAsync(ErrorCode.Unauthenticated, "me");
        var on = await node.Admin.CallAsync<OperatorSettings>(
            HttpMethod.Patch,
            $"admin/operators/{member.Id}",
            new OperatorPatch(Disabled: false)
        );
        Assert.False(on.Disabled);
        await member.RefusedAsync(ErrorCode.Unauthenticated, "me");
        var again = await node.SignInAsync(on.Email, RestNode.NewPassword);
        Assert.Equal(member.Id, (await again.GetAsync<Me>("me")).Id);
    }

    [Fact]
    public async Task An_operators_role_changes_and_his_old_token_ends()
    {
        var member = await node.AddOperatorAsync($"Climber{Next()}", OperatorRole.Operator, node.Shop);

        var changed = await node.Admin.CallAsync<OperatorSettings>(
            HttpMethod.Patch,
            $"admin/operators/{member.Id}",
            new OperatorPatch(OperatorRole.Supervisor)
        );

        Assert.Equal(OperatorRole.Supervisor, changed.Role);
        Assert.Equal([node.Shop.Id], changed.Inboxes);
        await member.RefusedAsync(ErrorCode.Unauthenticated, "me");
        await node.Admin.RefusedAsync(
            ErrorCode.Conflict,
            HttpMethod.Patch,
            $"admin/operators/{node.Admin.Id}",
            new OperatorPatch(Disabled: true)
        );
        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Patch, $"admin/operators/{Guid.NewGuid()}", new OperatorPatch());
    }

    [Fact]
    public async Task An_operator_who_cannot_be_added_is_refused()
    {
        var taken = new OperatorDraft("olga@support.example", "Olga");

        await node.Admin.RefusedAsync(ErrorCode.Conflict, "admin/operators", taken);
        await node.Admin.RefusedAsync(ErrorCode.Invalid, "admin/operators", taken with { Email = "nobody" });
        await node.Admin.RefusedAsync(ErrorCode.Invalid, "admin/operators", taken with { Email = "a@b.example", Name = " " });
        await node.Admin.RefusedAsync(
            ErrorCode.NotFound,
            "admin/operators",
            taken with
            {
                Email = "a@b.example",
                Inboxes = [new InboxId(Guid.NewGuid())],
            }
        );
        var listed = await node.Admin.GetAsync<OperatorSettingsList>("admin/operators");
        Assert.DoesNotContain(listed.Operators, account => account.Email == "a@b.example");
    }

    [Fact]
    public async Task A_team_gets_conversations_of_its_inboxes()
    {
        var inbox = await AddInboxAsync();
        var member = await node.AddOperatorAsync($"Mate{Next()}", OperatorRole.Operator, inbox);
        var draft = new TeamDraft("Refunds", [new OperatorId(member.Id)], []);
        var team = await node.Admin.PostAsync<TeamSettings>("admin/teams", draft);
        var visitor = await node.NewVisitorAsync(inbox.Key);
        var id = await visitor.OpenAsync();
        var assign = new AssignConversation(id, Guid.NewGuid(), TeamId: team.Id);
        await member.RefusedAsync(ErrorCode.NotFound, $"conversations/{id}/assignment", assign);

        var replaced = await node.Admin.CallAsync<TeamSettings>(
            HttpMethod.Put,
            $"admin/teams/{team.Id}",
            draft with
            {
                Name = "Returns",
                Inboxes = [inbox.Id],
            }
        );
        var assigned = await member.PostAsync<SendResult>($"conversations/{id}/assignment", assign);

        Assert.Equal("Returns", replaced.Name);
        Assert.Equal("Returns", assigned.Event!.Data!.Team!.Name);
        Assert.Equal([team.Id], (await member.GetAsync<Assignees>($"inboxes/{inbox.Id}/assignees")).Teams.Select(face => face.Id));
        Assert.Contains((await node.Admin.GetAsync<TeamSettingsList>("admin/teams")).Teams, other => other.Id == team.Id);
        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Put, $"admin/teams/{Guid.NewGuid()}", draft);
        await node.Admin.RefusedAsync(ErrorCode.NotFound, "admin/teams", draft with { Inboxes = [new InboxId(Guid.NewGuid())] });
    }

    [Fact]
    public async Task A_host_sites_key_never_changes_under_its_name_and_ends_when_removed()
    {
        var inbox = await AddInboxAsync();
        var path = $"admin/inboxes/{inbox.Id}/identity-keys/2026-11";
        var key = new IdentityKey("HS256", "0123456789abcdef0123456789abcdef");

        await node.Admin.DoAsync(HttpMethod.Put, path, key);

        await node.Admin.RefusedAsync(ErrorCode.Conflict, HttpMethod.Put, path, key);
        await node.Admin.RefusedAsync(ErrorCode.Invalid, HttpMethod.Put, path, key with { Secret = "short" });
        await node.Admin.RefusedAsync(ErrorCode.Invalid, HttpMethod.Put, path, key with { Algorithm = "none" });
        await node.Admin.DoAsync(HttpMethod.Delete, path);
        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Delete, path);
    }

    [Theory]
    [InlineData("arn:aws:kms:eu-1:1:key/1234")]
    [InlineData("/a//b/")]
    [InlineData("a%2Fb")]
    [InlineData("a%2Fb/c")]
    [InlineData("a%252Fb")]
    [InlineData("100%/\u00fc\u4e2d ?#+&;\\")]
    public async Task A_host_sites_key_is_added_listed_and_removed_under_any_name(string kid)
    {
        var inbox = await AddInboxAsync();
        var path = $"admin/inboxes/{inbox.Id}/identity-keys";
        var at = $"{path}/{Uri.EscapeDataString(kid)}";
        await node.Admin.DoAsync(HttpMethod.Put, at, new IdentityKey("HS256", "0123456789abcdef0123456789abcdef"));

        Assert.Equal([kid], (await node.Admin.GetAsync<IdentityKeyList>(path)).Keys.Select(key => key.Kid));
        await node.Admin.RefusedAsync(
            ErrorCode.NotFound,
            HttpMethod.Delete,
            $"{path}/{Uri.EscapeDataString(kid.Replace('/', 'x') + "%2F")}"
        );
        await node.Admin.DoAsync(HttpMethod.Delete, at);
        Assert.Empty((await node.Admin.GetAsync<IdentityKeyList>(path)).Keys);
    }

    [Fact]
    public async Task A_host_sites_key_has_a_name_of_up_to_255_characters()
    {
        var inbox = await AddInboxAsync();
        var longest = new string('/', 255);
        var path = $"admin/inboxes/{inbox.Id}/identity-keys";
        var key = new IdentityKey("HS256", "0123456789abcdef0123456789abcdef");

        await node.Admin.DoAsync(HttpMethod.Put, $"{path}/{Uri.EscapeDataString(longest)}", key);

        Assert.Equal([longest], (await node.Admin.GetAsync<IdentityKeyList>(path)).Keys.Select(listed => listed.Kid));
        await node.Admin.RefusedAsync(ErrorCode.Invalid, HttpMethod.Put, $"{path}/{Uri.EscapeDataString(longest + "/")}", key);
    }

    [Fact]
    public async Task A_new_signing_key_leaves_the_old_tokens_good()
    {
        var key = await node.Admin.PostAsync<SigningKey>("admin/signing-keys", new StringContent(""));
        var visitor = await node.NewVisitorAsync();

        Assert.NotEmpty(key.Kid);
        Assert.Equal(visitor.Id, (await visitor.GetAsync<Me>("me")).Id);
        Assert.Equal(node.Olga.Id, (await node.Olga.GetAsync<Me>("me")).Id);
    }

    [Fact]
    public async Task An_operator_says_whether_he_takes_conversations()
    {
        await node.Olga.DoAsync(HttpMethod.Put, "me/availability", new SetAvailability(Availability.Online, 3));

        await node.Olga.RefusedAsync(ErrorCode.Invalid, HttpMethod.Put, "me/availability", new SetAvailability(Availability.Away, 101));
    }

    private Task<InboxSettings> AddInboxAsync() =>
        node.Admin.PostAsync<InboxSettings>("admin/inboxes", new InboxDraft($"Inbox {Next()}", AllowNativeApps: true));

    private static int Next() => Interlocked.Increment(ref _number);
}
