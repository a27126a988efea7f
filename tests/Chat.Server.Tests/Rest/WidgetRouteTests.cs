using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

/// <summary>What a widget sees of its inbox, and what the inbox's settings may be.</summary>
[Collection(RestCollection.Name)]
public sealed class WidgetRouteTests(RestNode node)
{
    private static readonly BusinessHours Never = new("Europe/Berlin", []);

    private static readonly PreChatForm Form = new([
        new("email", FormFieldType.Email, Text("E-mail"), Required: true),
        new("subject", FormFieldType.Select, Text("Subject"), Options: [new("booking", Text("Booking")), new("baggage", Text("Baggage"))]),
    ]);

    private static int _number;

    [Fact]
    public async Task A_fresh_inbox_has_a_plain_widget_and_nobody_there()
    {
        var inbox = await AddAsync(new InboxDraft("Plain", AllowNativeApps: true));

        var widget = await WidgetAsync(inbox);

        Assert.Equal(new WidgetSettings(inbox.Key, "Plain", new InboxAppearance(), Online: false, QueuePosition: true), widget);
        await node.Anonymous.RefusedAsync(ErrorCode.NotFound, "widget/no-such-key");
        await node.Anonymous.RefusedAsync(ErrorCode.NotFound, $"widget/{new string('k', 300)}");
    }

    [Fact]
    public async Task Settings_are_kept_patched_and_cleared()
    {
        var appearance = new InboxAppearance(
            "#0a7d4f",
            WidgetPosition.Left,
            WidgetTheme.Dark,
            Text("Help"),
            Greeting: Text("<b>Hello</b>"),
            Logo: "https://cdn.example/logo.svg"
        );
        var draft = new InboxDraft("Full", null, null, true, Appearance: appearance, Form: Form, Hours: Never, OfflineText: Text("Later"));
        var added = await AddAsync(draft);
        var widget = await WidgetAsync(added);

        Assert.Equivalent(appearance, widget.Appearance, strict: true);
        Assert.Equal(["email", "subject"], widget.Form!.Fields.Select(field => field.Name));
        Assert.Equal((new OpenState(false), "Later"), (widget.Hours, widget.OfflineText!["en"]));

        var patched = await PatchAsync(added, new InboxPatch(QueuePosition: false, Clear: ["hours", "offlineText"]));
        Assert.Equal((null, null, false), (patched.Hours, patched.OfflineText, patched.QueuePosition));
        Assert.NotNull(patched.Form);
        Assert.Equivalent(appearance, patched.Appearance, strict: true);
        Assert.Equal((null, false), ((await WidgetAsync(added)).Hours, (await WidgetAsync(added)).QueuePosition));
        Assert.Contains((await node.Admin.GetAsync<InboxSettingsList>("admin/inboxes")).Inboxes, i => i.Id == added.Id && i.Hours is null);
    }

    public static TheoryData<string> Faults => [.. BadSetups().Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_a_widget_cannot_show_is_invalid_says_why_and_changes_nothing(string fault)
    {
        var inbox = await AddAsync(new InboxDraft("Before", AllowNativeApps: true));

        var problem = await node.Admin.RefusedAsync(
            ErrorCode.Invalid,
            HttpMethod.Patch,
            $"admin/inboxes/{inbox.Id}",
            BadSetups()[fault] with
            {
                Name = "After",
            }
        );

        Assert.NotEmpty(problem.Detail ?? "");
        Assert.Equal("Before", (await WidgetAsync(inbox)).Name);
    }

    [Theory]
    [InlineData("""{"form":{"fields":[null]}}""")]
    [InlineData("""{"form":{"fields":[{"name":"a","type":"text","label":{"en":null}}]}}""")]
    [InlineData("""{"hours":{"timeZone":"UTC","weekly":[null]}}""")]
    [InlineData("""{"hours":{"timeZone":"UTC","weekly":[],"holidays":[null]}}""")]
    [InlineData("""{"clear":[null]}""")]
    [InlineData("""{"appearance":{"position":"middle"}}""")]
    [InlineData("""{"form":{"fields":[{"name":null,"type":"text","label":{"en":"A"}}]}}""")]
    [InlineData("""{"form":{"fields":[{"name":"a","type":"select","label":{"en":"A"},"options":[null]}]}}""")]
    public async Task Nulls_where_none_belong_are_invalid(string body)
    {
        var inbox = await AddAsync(new InboxDraft("Before"));
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        await node.Admin.RefusedAsync(ErrorCode.Invalid, HttpMethod.Patch, $"admin/inboxes/{inbox.Id}", content);
    }

    [Fact]
    public async Task Somebody_is_there_when_a_member_is_connected_and_available()
    {
        var inbox = await AddAsync(new InboxDraft("Staffed"));
        var member = await node.AddOperatorAsync($"Present{Next()}", OperatorRole.Operator, inbox);
        Assert.False((await WidgetAsync(inbox)).Online);

        await using var socket = node.Connect(member, isOperator: true);
        await socket.UntilAsync(() => socket.Pushes.Any(push => push.Push is OperatorChange { Online: true }), "he is there");

        Assert.True((await WidgetAsync(inbox)).Online);
        await member.DoAsync(HttpMethod.Put, "me/availability", new SetAvailability(Availability.Away));
        Assert.False((await WidgetAsync(inbox)).Online);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("nobody", null)]
    [InlineData("a@b.example", "something else")]
    public async Task A_form_that_is_not_filled_opens_nothing(string? email, string? subject)
    {
        var inbox = await AddAsync(new InboxDraft("Form", AllowNativeApps: true, Form: Form));
        var visitor = await node.NewVisitorAsync(inbox.Key);

        await visitor.RefusedAsync(ErrorCode.Invalid, "conversations", Opening(email, subject));

        Assert.Empty((await visitor.GetAsync<ConversationList>("conversations")).Rows);
        var opened = await visitor.PostAsync<OpenResult>("conversations", Opening("a@b.example", "baggage"));
        Assert.Equal(ResultStatus.Ok, opened.Status);
    }

    [Fact]
    public async Task Outside_business_hours_the_visitor_is_told_so_once()
    {
        var inbox = await AddAsync(new InboxDraft("Closed", AllowNativeApps: true, Hours: Never));
        var visitor = await node.NewVisitorAsync(inbox.Key);
        var opening = new OpenConversation(Guid.NewGuid());

        var opened = await visitor.PostAsync<OpenResult>("conversations", opening);
        var again = await visitor.PostAsync<OpenResult>("conversations", opening);

        Assert.Equal((ResultStatus.Duplicate, 2), (again.Status, again.Page.Seq));
        Assert.Equal([EventType.Status, EventType.System], opened.Page.Events.Select(e => e.Type));
        Assert.Equal(("offline", ActorKind.System), (opened.Page.Events[1].Data!.Code, opened.Page.Events[1].Actor!.Kind));
    }

    private static Dictionary<string, InboxPatch> BadSetups()
    {
        static InboxPatch Field(FormField field) => new(Form: new PreChatForm([field]));
        var label = Text("Label");
        return new(StringComparer.Ordinal)
        {
            ["color"] = new(Appearance: new InboxAppearance("red")),
            ["color with a tail"] = new(Appearance: new InboxAppearance("#123456;background:url(x)")),
            ["logo"] = new(Appearance: new InboxAppearance(Logo: "javascript:alert(1)")),
            ["plain logo"] = new(Appearance: new InboxAppearance(Logo: "http://cdn.example/logo.png")),
            ["locale"] = new(Appearance: new InboxAppearance(Title: Map("<script>", "x"))),
            ["empty text"] = new(OfflineText: Map("en", " ")),
            ["long text"] = new(OfflineText: Map("en", new string('x', Limits.LocalTextLength + 1))),
            ["control characters"] = new(OfflineText: Map("en", "a\0b")),
            ["locales"] = new(
                OfflineText: Enumerable.Range(0, 11).ToDictionary(i => $"l{(char)('a' + i)}", _ => "x", StringComparer.Ordinal)
            ),
            ["no fields"] = new(Form: new PreChatForm([])),
            ["too many fields"] = new(
                Form: new PreChatForm([.. Enumerable.Range(0, 11).Select(i => new FormField($"f{i}", FormFieldType.Text, label))])
            ),
            ["twice the same field"] = new(
                Form: new PreChatForm([new("a", FormFieldType.Text, label), new("a", FormFieldType.Email, label)])
            ),
            ["field name"] = Field(new("a b", FormFieldType.Text, label)),
            ["no label"] = Field(new("a", FormFieldType.Text, new Dictionary<string, string>(StringComparer.Ordinal))),
            ["no options"] = Field(new("a", FormFieldType.Select, label)),
            ["options of a text"] = Field(new("a", FormFieldType.Text, label, Options: [new("x", label)])),
            ["twice the same option"] = Field(new("a", FormFieldType.Select, label, Options: [new("x", label), new("x", label)])),
            ["an option that ends with a blank"] = Field(new("a", FormFieldType.Select, label, Options: [new("x ", label)])),
            ["zone"] = new(Hours: new BusinessHours("Mars/Olympus", [])),
            ["day"] = new(Hours: new BusinessHours("UTC", [new(8, "09:00", "18:00")])),
            ["hours backwards"] = new(Hours: new BusinessHours("UTC", [new(1, "18:00", "09:00")])),
            ["holiday"] = new(Hours: new BusinessHours("UTC", [], ["31.12.2026"])),
            ["clear"] = new(Clear: ["appearance"]),
        };
    }

    private static Dictionary<string, string> Map(string locale, string text) => new(StringComparer.Ordinal) { [locale] = text };

    private static Dictionary<string, string> Text(string text) => Map("en", text);

    private static OpenConversation Opening(string? email, string? subject)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "17" };
        if (email is not null)
            fields["email"] = email;
        if (subject is not null)
            fields["subject"] = subject;
        return new OpenConversation(Guid.NewGuid(), Fields: fields);
    }

    private Task<InboxSettings> AddAsync(InboxDraft draft) =>
        node.Admin.PostAsync<InboxSettings>("admin/inboxes", draft with { Key = $"widget-{Next()}" });

    private Task<InboxSettings> PatchAsync(InboxSettings inbox, InboxPatch patch) =>
        node.Admin.CallAsync<InboxSettings>(HttpMethod.Patch, $"admin/inboxes/{inbox.Id}", patch);

    private Task<WidgetSettings> WidgetAsync(InboxSettings inbox) => node.Anonymous.GetAsync<WidgetSettings>($"widget/{inbox.Key}");

    private static int Next() => Interlocked.Increment(ref _number);
}
