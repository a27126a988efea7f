using System.Text;
using Chat.Contracts;
using Chat.Server.Tests.Messages;

namespace Chat.Server.Tests.Rest;

/// <summary>Every door through which a text comes in, over REST and sockets.</summary>
[Collection(RestCollection.Name)]
public sealed class TextEntranceTests(RestNode node)
{
    private const string Card = "6011 0009 9013 9424";

    private static readonly Dictionary<string, string> Label = new(StringComparer.Ordinal) { ["en"] = "Label" };

    private static readonly string[] Parts = ["0009 9013", "00099013", "0009-9013", "0009/9013"];
    private static int _number;

    [Fact]
    public async Task No_card_is_stored_through_any_door()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var message = await visitor.SayAsync(id, "hello");
        var member = await node.AddOperatorAsync($"Typist{Next()}", OperatorRole.Operator, node.Shop);
        var (stored, refused) = (0, 0);

        foreach (var card in (string[])[Card, "6011000990139424", "6011-0009-9013-9424:123", "6011/0009/9013/9424/12/27"])
        {
            foreach (var door in Doors(card, visitor, id, message.Event!.Seq, member))
            {
                using var answer = await door.Caller.SendAsync(door.Method, door.Path, door.Body);
                Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode == 400, $"{door.Path}: {answer.StatusCode}");
                var text = await answer.Content.ReadAsStringAsync();
                Assert.All(Parts, part => Assert.DoesNotContain(part, text, StringComparison.Ordinal));
                (stored, refused) = answer.IsSuccessStatusCode ? (stored + 1, refused) : (stored, refused + 1);
            }
        }

        Assert.True(stored > 40 && refused > 10, $"{stored} stored, {refused} refused");
        foreach (var file in Directory.EnumerateFiles(node.DataFolder, "chat.db*"))
        {
            await using var reading = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[reading.Length];
            await reading.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            foreach (var part in Parts)
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(part)) < 0, $"{part} is in {file}");
        }
    }

    [Fact]
    public async Task No_line_with_control_or_turning_characters_comes_in_through_any_door()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        var member = await node.AddOperatorAsync($"Liner{Next()}", OperatorRole.Operator, node.Shop);
        await using var visitorSocket = node.Connect(visitor, isOperator: false);
        await using var operatorSocket = node.Connect(node.Olga, isOperator: true);

        foreach (var bad in OneLineTests.Bad.Where(text => text.StartsWith('a') && !text.Contains('\uD83D', StringComparison.Ordinal)))
        {
            foreach (var door in Lines(bad, visitor, id, member))
            {
                using var answer = await door.Caller.SendAsync(door.Method, door.Path, door.Body);
                Assert.True((int)answer.StatusCode is 400 or 404, $"{door.Path} {(int)bad[1]:X4}: {answer.StatusCode}");
            }
            foreach (
                var (socket, method, request) in ((Chat.Testing.Clients.ChatClient, string, object)[])
                    [
                        (visitorSocket, "OpenConversation", new OpenConversation(Guid.NewGuid(), bad)),
                        (visitorSocket, "RegisterDevice", new RegisterDevice(bad, "token")),
                        (operatorSocket, "Tag", new TagConversation(id, Guid.NewGuid(), [bad])),
                    ]
            )
            {
                await socket.UntilAsync(() => socket.Reconnects == 0, "the socket is there");
                var refusal = await Assert.ThrowsAnyAsync<Exception>(() => socket.CallAsync<object>(method, request));
                Assert.EndsWith("invalid", refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_text_that_shows_nothing_is_no_message()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        foreach (var blank in (string[])["\u200B", "\u2060\n", "\u3164", "\u2800", "\u202E"])
            await visitor.RefusedAsync(ErrorCode.Invalid, $"conversations/{id}/events", new SendMessage(id, Guid.NewGuid(), blank));
    }

    [Fact]
    public async Task Letters_and_their_marks_make_no_second_account_or_tag()
    {
        var name = $"jose{Next()}";
        await node.Admin.PostAsync<AddedOperator>("admin/operators", new OperatorDraft($"{name}\u00E9@support.example", "Jos\u00E9"));
        await node.Admin.RefusedAsync(ErrorCode.Conflict, "admin/operators", new OperatorDraft($"{name}e\u0301@support.example", "Jose"));
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();

        var tagged = await node.Olga.PostAsync<SendResult>(
            $"conversations/{id}/tags",
            new TagConversation(id, Guid.NewGuid(), ["caf\u00E9", "cafe\u0301", "cafe\u0301\u200B"])
        );

        Assert.Equal(["caf\u00E9"], tagged.Event!.Data!.Added);
    }

    private IEnumerable<Door> Doors(string card, RestClient visitor, ConversationId id, int seq, RestClient member)
    {
        var text = $"my card {card}";
        var texts = new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = text };
        var path = $"conversations/{id}";
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), text));
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), Fields: Field("card", text)));
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), Fields: Field(text, "value")));
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), Page: $"https://shop.example/{card}?card={card}"));
        yield return new(visitor, $"{path}/events", new SendMessage(id, Guid.NewGuid(), text));
        yield return new(visitor, $"{path}/edits", new EditMessage(id, Guid.NewGuid(), seq, text));
        yield return new(visitor, $"{path}/rating", new RateConversation(id, Guid.NewGuid(), 5, text));
        yield return new(node.Olga, $"{path}/events", new SendMessage(id, Guid.NewGuid(), text, SendKind.Note));
        yield return new(node.Olga, $"{path}/tags", new TagConversation(id, Guid.NewGuid(), [text]));
        yield return new(
            node.Supervisor,
            $"{path}/transfer",
            new TransferConversation(id, Guid.NewGuid(), new OperatorId(member.Id), Text: text)
        );
        yield return new(node.Olga, "canned-replies", new CannedReplyDraft($"r{Next()}", text, text));
        yield return new(node.Olga, "canned-replies", new CannedReplyDraft(card.Replace(' ', '-').Replace('/', '_'), "Title", "Body"));
        yield return new(node.Admin, "admin/teams", new TeamDraft(text));
        yield return new(node.Admin, "admin/inboxes", new InboxDraft(text));
        yield return new(node.Admin, "admin/operators", new OperatorDraft($"o{Next()}@support.example", text));
        yield return new(node.Admin, $"admin/operators/{member.Id}", new OperatorPatch(Name: text), HttpMethod.Patch);
        yield return new(
            node.Admin,
            $"admin/operators/{member.Id}",
            new OperatorPatch(Avatar: $"https://a.example/{card}"),
            HttpMethod.Patch
        );
        InboxPatch[] patches =
        [
            new(OfflineText: texts),
            new(Appearance: new InboxAppearance(Title: texts)),
            new(Appearance: new InboxAppearance(Greeting: texts)),
            new(Appearance: new InboxAppearance(Launcher: texts)),
            new(Appearance: new InboxAppearance(Logo: $"https://a.example/{card}")),
            new(Form: new PreChatForm([new FormField("f", FormFieldType.Text, texts)])),
            new(Form: new PreChatForm([new FormField(card.Replace(' ', '-'), FormFieldType.Text, Label)])),
            new(Form: new PreChatForm([new FormField("f", FormFieldType.Select, Label, Options: [new FormOption(text, Label)])])),
            new(Form: new PreChatForm([new FormField("f", FormFieldType.Select, Label, Options: [new FormOption("x", texts)])])),
        ];
        foreach (var patch in patches)
            yield return new(node.Admin, $"admin/inboxes/{node.Other.Id}", patch, HttpMethod.Patch);
    }

    private IEnumerable<Door> Lines(string bad, RestClient visitor, ConversationId id, RestClient member)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = bad };
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), bad));
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), Fields: Field(bad, "value")));
        yield return new(visitor, "conversations", new OpenConversation(Guid.NewGuid(), Page: $"https://{bad}.example/"));
        yield return new(node.Anonymous, "visitor/session", new VisitorSessionRequest(bad, Guid.NewGuid()));
        yield return new(node.Anonymous, "visitor/session", new VisitorSessionRequest("shop", Guid.NewGuid(), Locale: bad));
        yield return new(node.Olga, $"conversations/{id}/tags", new TagConversation(id, Guid.NewGuid(), [bad]));
        yield return new(node.Olga, "canned-replies", new CannedReplyDraft(bad, "Title", "Body"));
        yield return new(node.Olga, "canned-replies", new CannedReplyDraft($"r{Next()}", bad, "Body"));
        yield return new(node.Admin, "admin/teams", new TeamDraft(bad));
        yield return new(node.Admin, "admin/inboxes", new InboxDraft(bad));
        yield return new(node.Admin, "admin/inboxes", new InboxDraft("Fine", bad));
        yield return new(node.Admin, "admin/inboxes", new InboxDraft("Fine", null, [$"https://{bad}.example"]));
        yield return new(node.Admin, "admin/operators", new OperatorDraft($"{bad}@support.example", "Fine"));
        yield return new(node.Admin, "admin/operators", new OperatorDraft($"o{Next()}@support.example", bad));
        yield return new(node.Admin, $"admin/operators/{member.Id}", new OperatorPatch(Name: bad), HttpMethod.Patch);
        yield return new(
            node.Admin,
            $"admin/operators/{member.Id}",
            new OperatorPatch(Avatar: $"https://a.example/{bad}"),
            HttpMethod.Patch
        );
        yield return new(
            node.Admin,
            $"admin/inboxes/{node.Other.Id}/identity-keys/{Uri.EscapeDataString(bad)}",
            new IdentityKey("HS256", new string('s', 32)),
            HttpMethod.Put
        );
        InboxPatch[] patches =
        [
            new(Name: bad),
            new(Appearance: new InboxAppearance(Title: texts)),
            new(Appearance: new InboxAppearance(Launcher: texts)),
            new(Appearance: new InboxAppearance(Logo: $"https://a.example/{bad}")),
            new(Form: new PreChatForm([new FormField(bad, FormFieldType.Text, Label)])),
            new(Form: new PreChatForm([new FormField("f", FormFieldType.Text, texts)])),
            new(Form: new PreChatForm([new FormField("f", FormFieldType.Select, Label, Options: [new FormOption(bad, Label)])])),
            new(Form: new PreChatForm([new FormField("f", FormFieldType.Select, Label, Options: [new FormOption("x", texts)])])),
        ];
        foreach (var patch in patches)
            yield return new(node.Admin, $"admin/inboxes/{node.Other.Id}", patch, HttpMethod.Patch);
    }

    private static Dictionary<string, string> Field(string name, string value) => new(StringComparer.Ordinal) { [name] = value };

    private static int Next() => Interlocked.Increment(ref _number);

    private sealed record Door(RestClient Caller, string Path, object Body, HttpMethod? Verb = null)
    {
        public HttpMethod Method => Verb ?? HttpMethod.Post;
    }
}
