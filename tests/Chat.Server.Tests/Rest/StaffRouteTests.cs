using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

/// <summary>Colleagues and their load, sign-in, and what admins do to accounts.</summary>
[Collection(RestCollection.Name)]
public sealed class StaffRouteTests(RestNode node)
{
    private static int _number;

    [Fact]
    public async Task An_operator_sees_colleagues_of_his_inboxes_with_their_load_and_nobody_else()
    {
        var inbox = await AddInboxAsync();
        var (anna, bert) = (await AddAsync("Anna", inbox), await AddAsync("Bert", inbox));
        await anna.DoAsync(HttpMethod.Put, "me/availability", new SetAvailability(Availability.Online, 7));
        await using var socket = node.Connect(anna, isOperator: true);
        await socket.UntilAsync(() => socket.Reconnects == 0, "the socket is there");
        var visitor = await node.NewVisitorAsync(inbox.Key);
        await anna.ClaimAsync(await visitor.OpenAsync());

        var seen = (await bert.GetAsync<OperatorStateList>("operators")).Operators;

        Assert.Equal([anna.Id, bert.Id], seen.Select(state => state.Id.Value));
        Assert.Equal((Availability.Online, 7, 1, true), (seen[0].Availability, seen[0].Capacity, seen[0].Open, seen[0].Online));
        Assert.Equal((Availability.Online, 5, 0, false), (seen[1].Availability, seen[1].Capacity, seen[1].Open, seen[1].Online));
        Assert.Equal(new OwnAvailability(Availability.Online, 7), await anna.GetAsync<OwnAvailability>("me/availability"));
        var loner = await AddAsync("Loner");
        Assert.Equal([loner.Id], (await loner.GetAsync<OperatorStateList>("operators")).Operators.Select(state => state.Id.Value));
    }

    [Fact]
    public async Task Sign_in_by_password_is_always_there() =>
        Assert.Equal(new SignInMethods(true), await node.Anonymous.GetAsync<SignInMethods>("operator/sign-in"));

    [Fact]
    public async Task A_new_password_ends_the_sessions_and_must_be_changed()
    {
        var member = await AddAsync("Forgetful", node.Shop);
        await using var socket = node.Connect(member, isOperator: true);
        await socket.UntilAsync(() => socket.Reconnects == 0, "the socket is there");

        var reset = await node.Admin.CallAsync<AddedOperator>(HttpMethod.Post, $"admin/operators/{member.Id}/password", null);

        Assert.Equal((member.Id, false), (reset.Operator.Id.Value, reset.Operator.Disabled));
        await socket.UntilAsync(
            () => socket.Pushes.Any(push => push.Push is GoAway { Reason: "access_changed" }),
            "the socket is sent away"
        );
        var session = await node.Anonymous.PostAsync<OperatorSession>(
            "operator/session",
            new OperatorSessionRequest(reset.Operator.Email, reset.Password)
        );
        Assert.True(session.MustChangePassword);
        await node.SignInAsync(reset.Operator.Email, reset.Password, "another horse battery");
        await node.Admin.RefusedAsync(ErrorCode.Conflict, HttpMethod.Post, $"admin/operators/{node.Admin.Id}/password");
        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Post, $"admin/operators/{Guid.NewGuid()}/password");
    }

    [Fact]
    public async Task A_name_and_a_picture_change_without_ending_anything()
    {
        var member = await AddAsync("Newname", node.Shop);
        var path = $"admin/operators/{member.Id}";

        var changed = await PatchAsync(path, new OperatorPatch(Name: " Anna Petrova ", Avatar: "https://cdn.example/anna.png"));

        Assert.Equal(("Anna Petrova", "https://cdn.example/anna.png"), (changed.Name, changed.Avatar));
        Assert.Equal(member.Id, (await member.GetAsync<Me>("me")).Id);
        var assignees = await member.GetAsync<Assignees>($"inboxes/{node.Shop.Id}/assignees");
        Assert.Contains(new OperatorFace(new OperatorId(member.Id), "Anna Petrova", "https://cdn.example/anna.png"), assignees.Operators);
        Assert.Null((await PatchAsync(path, new OperatorPatch(Avatar: ""))).Avatar);
        Assert.Equal("Anna Petrova", (await PatchAsync(path, new OperatorPatch())).Name);
        await node.Admin.RefusedAsync(ErrorCode.Invalid, HttpMethod.Patch, path, new OperatorPatch(Name: " "));
        await node.Admin.RefusedAsync(ErrorCode.Invalid, HttpMethod.Patch, path, new OperatorPatch(Avatar: "javascript:alert(1)"));
        var own = await PatchAsync($"admin/operators/{node.Admin.Id}", new OperatorPatch(Name: "Admin"));
        Assert.Equal("Admin", own.Name);
    }

    [Fact]
    public async Task A_team_is_removed_when_it_has_nothing_to_do()
    {
        var inbox = await AddInboxAsync();
        var member = await AddAsync("Teammate", inbox);
        var team = await node.Admin.PostAsync<TeamSettings>("admin/teams", new TeamDraft("Gone", [new OperatorId(member.Id)], [inbox.Id]));
        var visitor = await node.NewVisitorAsync(inbox.Key);
        var id = await visitor.OpenAsync();
        await member.PostAsync<SendResult>($"conversations/{id}/assignment", new AssignConversation(id, Guid.NewGuid(), TeamId: team.Id));

        await node.Admin.RefusedAsync(ErrorCode.Conflict, HttpMethod.Delete, $"admin/teams/{team.Id}");
        await visitor.PostAsync<SendResult>($"conversations/{id}/close", new ConversationCommand(id, Guid.NewGuid()));
        await node.Admin.DoAsync(HttpMethod.Delete, $"admin/teams/{team.Id}");

        await node.Admin.RefusedAsync(ErrorCode.NotFound, HttpMethod.Delete, $"admin/teams/{team.Id}");
        Assert.Empty((await member.GetAsync<Assignees>($"inboxes/{inbox.Id}/assignees")).Teams);
    }

    [Fact]
    public async Task Keys_of_a_host_site_are_listed_without_their_secrets()
    {
        var inbox = await AddInboxAsync();
        var path = $"admin/inboxes/{inbox.Id}/identity-keys";
        await node.Admin.DoAsync(HttpMethod.Put, $"{path}/2026-11", new IdentityKey("HS256", "0123456789abcdef0123456789abcdef"));

        using var answer = await node.Admin.SendAsync(HttpMethod.Get, path);
        var key = Assert.Single((await RestClient.ReadAsync<IdentityKeyList>(answer)).Keys);

        Assert.Equal(("2026-11", "HS256"), (key.Kid, key.Algorithm));
        Assert.DoesNotContain("0123456789abcdef", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await node.Admin.RefusedAsync(ErrorCode.NotFound, $"admin/inboxes/{Guid.NewGuid()}/identity-keys");
    }

    [Fact]
    public async Task Rows_say_how_far_the_asking_operator_has_read()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var said = await visitor.SayAsync(id, "Hello");
        await using var socket = node.Connect(node.Olga, isOperator: true);
        await socket.UntilAsync(() => socket.Reconnects == 0, "the socket is there");
        await node.Olga.DoAsync(HttpMethod.Post, $"conversations/{id}/read", new MarkSeq(id, said.Event!.Seq));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        // Marks are written together a few times a second.
        while (await ReadSeqAsync(node.Olga) is null)
            deadline.Token.ThrowIfCancellationRequested();

        Assert.Equal(said.Event.Seq, await ReadSeqAsync(node.Olga));
        Assert.Null(await ReadSeqAsync(node.Supervisor));
        Assert.Null((await visitor.GetAsync<ConversationList>("conversations")).Rows.Single().Row.ReadSeq);

        async Task<int?> ReadSeqAsync(RestClient who) =>
            (await who.GetAsync<ConversationList>($"conversations?visitor={visitor.Id}")).Rows.Single().Row.ReadSeq;
    }

    private Task<OperatorSettings> PatchAsync(string path, OperatorPatch patch) =>
        node.Admin.CallAsync<OperatorSettings>(HttpMethod.Patch, path, patch);

    private Task<RestClient> AddAsync(string name, params InboxSettings[] inboxes) =>
        node.AddOperatorAsync($"{name}{Next()}", OperatorRole.Operator, inboxes);

    private Task<InboxSettings> AddInboxAsync() =>
        node.Admin.PostAsync<InboxSettings>("admin/inboxes", new InboxDraft($"Staff {Next()}", AllowNativeApps: true));

    private static int Next() => Interlocked.Increment(ref _number);
}
