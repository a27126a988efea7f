using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

[Collection(RestCollection.Name)]
public sealed class ConversationRouteTests(RestNode node)
{
    [Fact]
    public async Task A_caller_learns_who_he_is()
    {
        var visitor = await node.NewVisitorAsync();

        var me = await visitor.GetAsync<Me>("me");
        var olga = await node.Olga.GetAsync<Me>("me");

        Assert.Equal((ActorKind.Visitor, visitor.Id, null), (me.Kind, me.Id, me.Role));
        Assert.Equal((ActorKind.Operator, node.Olga.Id, OperatorRole.Operator, "Olga"), (olga.Kind, olga.Id, olga.Role, olga.Name));
        Assert.Equal([node.Shop.Id], olga.Inboxes);
    }

    [Fact]
    public async Task What_is_sent_over_rest_is_pushed_to_sockets_and_the_reverse()
    {
        var visitor = await node.NewVisitorAsync();
        await using var socket = node.Connect(node.Olga, isOperator: true);
        var id = await visitor.OpenAsync("A parcel");
        await socket.OpenAsync(id);

        var sent = await visitor.SayAsync(id, "Where is it?");
        await socket.UntilAsync(() => socket.Log(id).Seq == sent.Event!.Seq, "the operator gets the message");
        var answer = await socket.SendAsync(id, "On its way");

        var page = await visitor.GetAsync<HistoryResult>($"conversations/{id}/events?after={sent.Event!.Seq}");
        Assert.Equal(
            ("Where is it?", ResultStatus.Ok),
            (socket.Look(id, log => log.Events.Last(e => e.Seq == sent.Event.Seq)).Data!.Body, sent.Status)
        );
        Assert.Equal(("On its way", answer.Event!.Seq), (page.Events[^1].Data!.Body, page.Events[^1].Seq));
    }

    [Fact]
    public async Task A_repeat_is_a_duplicate_and_another_text_under_its_client_id_a_conflict()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var message = new SendMessage(id, Guid.NewGuid(), "Once");

        var first = await visitor.PostAsync<SendResult>($"conversations/{id}/events", message);
        var again = await visitor.PostAsync<SendResult>($"conversations/{id}/events", message);

        Assert.Equal((ResultStatus.Duplicate, first.Event), (again.Status, again.Event));
        await visitor.RefusedAsync(ErrorCode.Conflict, $"conversations/{id}/events", message with { Body = "Twice" });
    }

    [Fact]
    public async Task Opening_again_under_one_client_id_gives_the_same_conversation()
    {
        var visitor = await node.NewVisitorAsync();
        var request = new OpenConversation(Guid.NewGuid(), "Once");

        var first = await visitor.PostAsync<OpenResult>("conversations", request);
        var again = await visitor.PostAsync<OpenResult>("conversations", request);

        Assert.Equal((ResultStatus.Ok, ResultStatus.Duplicate), (first.Status, again.Status));
        Assert.Equal(first.Page.Conversation.Id, again.Page.Conversation.Id);
    }

    [Fact]
    public async Task Opening_again_after_the_form_has_changed_gives_the_same_conversation()
    {
        var draft = new InboxDraft("Form", $"form-{Guid.NewGuid():n}", [], AllowNativeApps: true);
        var inbox = await node.Admin.PostAsync<InboxSettings>("admin/inboxes", draft);
        var visitor = await node.NewVisitorAsync(inbox.Key);
        var request = new OpenConversation(Guid.NewGuid(), "Once");
        var first = await visitor.PostAsync<OpenResult>("conversations", request);
        var label = new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Order" };
        var form = new PreChatForm([new FormField("order", FormFieldType.Text, label, Required: true)]);
        await node.Admin.CallAsync<InboxSettings>(HttpMethod.Patch, $"admin/inboxes/{inbox.Id}", new InboxPatch(Form: form));

        var again = await visitor.PostAsync<OpenResult>("conversations", request);

        Assert.Equal((ResultStatus.Duplicate, first.Page.Conversation.Id), (again.Status, again.Page.Conversation.Id));
        await visitor.RefusedAsync(ErrorCode.Invalid, "conversations", request with { ClientId = Guid.NewGuid() });
    }

    [Fact]
    public async Task A_visitor_with_as_many_open_conversations_as_the_inbox_allows_opens_no_more()
    {
        var draft = new InboxDraft("Small", $"small-{Guid.NewGuid():n}", [], AllowNativeApps: true, OpenConversations: 2);
        var small = await node.Admin.PostAsync<InboxSettings>("admin/inboxes", draft);
        var visitor = await node.NewVisitorAsync(small.Key);
        var first = new OpenConversation(Guid.NewGuid());
        var opened = await visitor.PostAsync<OpenResult>("conversations", first);
        await visitor.OpenAsync();

        var problem = await visitor.RefusedAsync(ErrorCode.Conflict, "conversations", new OpenConversation(Guid.NewGuid()));
        var again = await visitor.PostAsync<OpenResult>("conversations", first);

        Assert.Equal("too_many_open", problem.Detail);
        Assert.Equal((ResultStatus.Duplicate, opened.Page.Conversation.Id), (again.Status, again.Page.Conversation.Id));
        Assert.Equal(2, small.OpenConversations);
        await node.Admin.CallAsync<InboxSettings>(HttpMethod.Patch, $"admin/inboxes/{small.Id}", new InboxPatch(OpenConversations: 3));
        await visitor.OpenAsync();
    }

    [Fact]
    public async Task Paging_through_the_events_both_ways_gives_the_whole_log()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        for (var i = 0; i < 10; i++)
            await visitor.SayAsync(id, $"message {i}");

        var forward = new List<int>();
        for (var more = true; more; )
        {
            var page = await visitor.GetAsync<HistoryResult>($"conversations/{id}/events?after={forward.LastOrDefault()}&limit=3");
            forward.AddRange(page.Events.Select(e => e.Seq));
            more = page.HasMore;
        }
        var backward = new List<int>();
        for (var more = true; more; )
        {
            var before = backward.Count > 0 ? $"&before={backward[0]}" : "";
            var page = await visitor.GetAsync<HistoryResult>($"conversations/{id}/events?limit=4{before}");
            backward.InsertRange(0, page.Events.Select(e => e.Seq));
            more = page.HasMore;
        }

        Assert.Equal(Enumerable.Range(1, 11), forward);
        Assert.Equal(Enumerable.Range(1, 11), backward);
    }

    [Fact]
    public async Task Lists_come_by_page_and_by_filter_and_those_of_a_visitor_the_last_opened_first()
    {
        var visitor = await node.NewVisitorAsync();
        var ids = new List<ConversationId>();
        for (var i = 0; i < 5; i++)
            ids.Insert(0, await visitor.OpenAsync($"topic {i}"));
        // What happens later moves nothing.
        await node.Olga.ClaimAsync(ids[4]);

        var own = await PageAsync(visitor, "");
        var seen = await PageAsync(node.Olga, $"&visitor={visitor.Id}");
        var mine = await PageAsync(node.Olga, $"&visitor={visitor.Id}&assignee=me");
        var open = await PageAsync(node.Olga, $"&visitor={visitor.Id}&status=open&status=closed&inbox={node.Shop.Id}");
        var others = await PageAsync(node.Olga, $"&visitor={visitor.Id}&assignee={node.Supervisor.Id}");

        Assert.Equal(ids, own);
        Assert.Equal(ids, seen);
        Assert.Equal([ids[4]], mine);
        Assert.Equal([ids[4]], open);
        Assert.Empty(others);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=many")]
    [InlineData("cursor=nonsense")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("status=lost")]
    [InlineData("status=17")]
    [InlineData("assignee=somebody")]
    public async Task A_list_with_nonsense_is_invalid(string query) =>
        await node.Olga.RefusedAsync(ErrorCode.Invalid, $"conversations?{query}");

    [Fact]
    public async Task A_sync_gives_what_came_after_the_cursors_and_leaves_out_what_is_not_the_callers()
    {
        var visitor = await node.NewVisitorAsync();
        var foreign = await (await node.NewVisitorAsync()).OpenAsync();
        var opened = await visitor.PostAsync<OpenResult>("conversations", new OpenConversation(Guid.NewGuid()));
        var id = opened.Page.Conversation.Id;
        var sent = await visitor.SayAsync(id, "After it");

        var synced = await visitor.PostAsync<SyncResult>(
            "sync",
            new Sync([new Cursor(id, opened.Page.Epoch, 1), new Cursor(foreign, 0, 0)])
        );

        var page = Assert.Single(synced.Conversations);
        Assert.Equal([sent.Event!.Seq], page.Events.Select(e => e.Seq));
        Assert.Equal(2, (await visitor.GetAsync<ConversationPage>($"conversations/{id}")).Events.Count);
    }

    private static async Task<List<ConversationId>> PageAsync(RestClient caller, string filter)
    {
        var all = new List<ConversationId>();
        string? cursor = null;
        do
        {
            var at = cursor is null ? "" : $"&cursor={cursor}";
            var page = await caller.GetAsync<ConversationList>($"conversations?limit=2{filter}{at}");
            all.AddRange(page.Rows.Select(row => row.Row.ConversationId));
            cursor = page.Next;
        } while (cursor is not null);
        return all;
    }
}
