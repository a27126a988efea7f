using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;
using CsCheck;
using Xunit;

namespace Chat.Client.Tests.Push;

public sealed class PushMessageTests
{
    private const string Posted = """
        {"type":"push","timestamp":"2026-11-30T09:15:00.250Z",
         "device":{"deviceId":"0193a1b2-0000-7000-8000-0000000000d1","platform":"fcm","token":"device-token-1"},
         "visitorId":"0193a1b2-0000-7000-8000-000000000001","conversationId":"0193a1b2-0000-7000-8000-000000000002",
         "seq":7,"unread":2,"from":"Anna","text":"Your parcel is in Oslo."}
        """;

    private static readonly PushMessage Read = new()
    {
        ConversationId = new ConversationId(Guid.Parse("0193a1b2-0000-7000-8000-000000000002")),
        Seq = 7,
        Unread = 2,
        From = "Anna",
        Text = "Your parcel is in Oslo.",
        VisitorId = new VisitorId(Guid.Parse("0193a1b2-0000-7000-8000-000000000001")),
    };

    public static TheoryData<string> Payloads =>
        [
            Posted,
            Posted.Replace("\"seq\":7", "\"priority\":\"high\",\"nested\":{\"seq\":1},\"seq\":7", StringComparison.Ordinal),
            "{\"aps\":{\"mutable-content\":1},\"chat\":" + Posted + "}",
            "{\"messageId\":\"1\",\"data\":" + Texts() + "}",
            "{\"data\":{\"chat\":" + JsonSerializer.Serialize(Posted) + "}}",
            JsonSerializer.Serialize(Posted),
        ];

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_push_is_read_in_whatever_it_was_wrapped(string payload) => Assert.Equal(Read, PushMessage.Parse(payload));

    [Fact]
    public void Data_of_texts_is_read_as_the_system_hands_it_over()
    {
        var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(Texts())!;

        Assert.Equal(Read, PushMessage.Parse(texts));
        Assert.Equal(Read, PushMessage.Parse(new Dictionary<string, string>(StringComparer.Ordinal) { ["chat"] = Posted }));
        Assert.Null(PushMessage.Parse(new Dictionary<string, string>(StringComparer.Ordinal) { ["seq"] = "7" }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("seq")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"conversationId":"c","seq":1}""")]
    [InlineData("""{"conversationId":"0193a1b2-0000-7000-8000-000000000002","seq":"1.5"}""")]
    [InlineData("""{"conversationId":"0193a1b2-0000-7000-8000-000000000002","seq":0}""")]
    [InlineData("""{"conversationId":"\ud800","seq":1}""")]
    public void What_is_no_push_of_a_chat_is_none(string? payload) => Assert.Null(PushMessage.Parse(payload));

    [Fact]
    public void Nothing_that_anybody_sends_breaks_an_app() =>
        Gen.OneOf(Gen.String, Gen.String.Select(text => $$"""{"conversationId":{{text}},"data":"{{text}}"}"""))
            .Sample(payload => PushMessage.Parse(payload) is null or { Seq: > 0 });

    [Fact]
    public void A_link_leads_to_its_conversation_and_others_lead_to_none()
    {
        const string links = "shop://support/";
        var id = Read.ConversationId;

        Assert.Equal(id, PushMessage.ConversationOf(PushMessage.LinkTo(id)));
        Assert.Equal(id, PushMessage.ConversationOf($"{PushMessage.LinkTo(id, links)}?from=push", links));
        Assert.Null(PushMessage.ConversationOf(PushMessage.LinkTo(id), links));
        Assert.Null(PushMessage.ConversationOf(links, links));
        Assert.Null(PushMessage.ConversationOf(null));
    }

    private static string Texts()
    {
        var texts = new JsonObject();
        foreach (var (name, value) in JsonNode.Parse(Posted)!.AsObject())
            texts[name] = value is JsonValue plain ? plain.ToString() : value!.ToJsonString();
        return texts.ToJsonString();
    }
}
