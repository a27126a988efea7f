using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>Calls that bind, and ask for what cannot be.</summary>
[Collection(HubTests.Name)]
public sealed class BadCallTests(HubScene scene) : BadInput(scene)
{
    [Fact]
    public async Task A_conversation_that_nobody_has_is_not_found()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await RefusedAsync(ErrorCode.NotFound, visitor, () => SendAsync(visitor, new ConversationId(Guid.CreateVersion7())));
    }

    [Fact]
    public async Task Another_visitors_conversation_is_not_found()
    {
        await using var owner = await Scene.VisitorSocketAsync();
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(owner);
        await RefusedAsync(ErrorCode.NotFound, visitor, () => SendAsync(visitor, id));
    }

    [Fact]
    public async Task A_conversation_of_a_foreign_inbox_is_not_found_by_a_visitor()
    {
        await using var owner = await Scene.VisitorSocketAsync();
        await using var visitor = await Scene.VisitorSocketAsync(Seed.OtherKey);
        var id = await OpenAsync(owner);
        await RefusedAsync(ErrorCode.NotFound, visitor, () => SendAsync(visitor, id));
    }

    [Fact]
    public async Task A_conversation_of_a_foreign_inbox_is_not_found_by_an_operator()
    {
        await using var owner = await Scene.VisitorSocketAsync(Seed.OtherKey);
        await using var olga = await Scene.StaffSocketAsync(Scene.Seed.Olga);
        var id = await OpenAsync(owner);
        await RefusedAsync(ErrorCode.NotFound, olga, () => SendAsync(olga, id));
    }

    [Fact]
    public async Task An_operator_does_not_write_into_a_closed_conversation()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await using var olga = await Scene.StaffSocketAsync(Scene.Seed.Olga);
        var id = await OpenAsync(visitor);
        Assert.Null((await visitor.CallAsync("Close", new ConversationCommand(id, Guid.NewGuid()))).Error);
        await RefusedAsync(ErrorCode.Closed, olga, () => SendAsync(olga, id));
    }

    [Fact]
    public async Task A_visitor_does_not_reopen_a_conversation_that_was_closed_long_ago()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        Assert.Null((await visitor.CallAsync("Close", new ConversationCommand(id, Guid.NewGuid()))).Error);
        Scene.Database.Execute(
            "UPDATE conversation SET closed_at = @at WHERE id = @id",
            new { id = id.ToString(), at = DateTimeOffset.UnixEpoch.AddYears(50).ToUnixTimeMilliseconds() }
        );
        await RefusedAsync(ErrorCode.Closed, visitor, () => SendAsync(visitor, id));
    }

    [Fact]
    public async Task A_visitor_does_not_reopen_where_the_inbox_never_reopens()
    {
        await using var visitor = await Scene.VisitorSocketAsync(Seed.StrictKey);
        var id = await OpenAsync(visitor);
        Assert.Null((await visitor.CallAsync("Close", new ConversationCommand(id, Guid.NewGuid()))).Error);
        await RefusedAsync(ErrorCode.Closed, visitor, () => SendAsync(visitor, id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(201)]
    [InlineData(int.MaxValue)]
    public async Task A_limit_out_of_range_is_invalid(int limit)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallAsync("History", new HistoryQuery(id, Limit: limit)));
    }

    [Fact]
    public async Task More_cursors_than_allowed_are_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var cursors = Enumerable.Range(0, Limits.Cursors + 1).Select(_ => new Cursor(new ConversationId(Guid.NewGuid()), 0, 0)).ToList();
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallAsync("Sync", new Sync(cursors)));
    }

    [Theory]
    [InlineData(Limits.SdkLength, null)]
    [InlineData(Limits.SdkLength + 1, "invalid")]
    public async Task A_name_of_the_client_has_at_most_64_characters(int length, string? error)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var hello = new Hello(ProtocolVersion.Current, Guid.NewGuid(), new string('x', length));
        Assert.Equal(error, (await visitor.CallAsync("Hello", hello)).Error);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_too_large()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        var body = Secret + new string('x', Limits.BodyLength);
        await RefusedAsync(ErrorCode.TooLarge, visitor, () => SendAsync(visitor, id, body));
    }

    [Fact]
    public async Task A_body_at_the_limit_is_stored()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        Assert.Null((await SendAsync(visitor, id, new string('ж', Limits.BodyLength))).Error);
    }

    [Theory]
    [InlineData(@"\ud800")]
    [InlineData(@"\udc00\ud800")]
    [InlineData(@"\u0000")]
    [InlineData(@"\u0007")]
    [InlineData(@"\u001e")]
    [InlineData(@"\u009f")]
    public async Task Characters_that_no_text_has_are_invalid(string escape)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        var request = $$"""[{"conversationId":"{{id}}","clientId":"{{Guid.NewGuid()}}","body":"{{Secret}} {{escape}}"}]""";
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallTextAsync("Send", request));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    public async Task A_body_without_text_is_invalid(string body)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        await RefusedAsync(ErrorCode.Invalid, visitor, () => SendAsync(visitor, id, body));
    }

    [Fact]
    public async Task A_clientId_with_another_text_is_a_conflict()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        var clientId = Guid.NewGuid();
        Assert.Null((await SendAsync(visitor, id, "First", clientId)).Error);
        await RefusedAsync(ErrorCode.Conflict, visitor, () => SendAsync(visitor, id, Secret, clientId));
    }

    [Fact]
    public async Task A_clientId_of_another_author_is_a_conflict()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await using var olga = await Scene.StaffSocketAsync(Scene.Seed.Olga);
        var id = await OpenAsync(visitor);
        var clientId = Guid.NewGuid();
        Assert.Null((await SendAsync(visitor, id, Secret, clientId)).Error);
        await RefusedAsync(ErrorCode.Conflict, olga, () => SendAsync(olga, id, Secret, clientId));
    }

    [Fact]
    public async Task A_clientId_of_zeros_is_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        await RefusedAsync(ErrorCode.Invalid, visitor, () => SendAsync(visitor, id, Secret, Guid.Empty));
    }

    [Fact]
    public async Task Attachments_are_invalid_until_they_exist()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        var request = $$"""[{"conversationId":"{{id}}","clientId":"{{Guid.NewGuid()}}","body":"{{Secret}}","attachments":[]}]""";
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallTextAsync("Send", request));
    }

    [Fact]
    public async Task A_visitors_note_is_forbidden()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var id = await OpenAsync(visitor);
        var note = new SendMessage(id, Guid.NewGuid(), Secret, SendKind.Note);
        await RefusedAsync(ErrorCode.Forbidden, visitor, () => visitor.CallAsync("Send", note));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task An_old_protocol_must_be_upgraded(int protocol)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await RefusedAsync(ErrorCode.UpgradeRequired, visitor, () => visitor.CallAsync("Hello", new Hello(protocol, Guid.NewGuid())));
    }

    private static Task<Answer> SendAsync(RawSocket socket, ConversationId id, string body = Secret, Guid? clientId = null) =>
        socket.CallAsync("Send", new SendMessage(id, clientId ?? Guid.NewGuid(), body));

    private static async Task<ConversationId> OpenAsync(RawSocket visitor) =>
        (await visitor.CallAsync("OpenConversation", new OpenConversation(Guid.NewGuid()))).Read<OpenResult>().Page.Conversation.Id;
}
