using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Chat.Contracts;

namespace Chat.Server.Tests.Wire;

/// <summary>Frames in tests/wire are added, never changed: clients in the field depend on each.</summary>
public sealed class GoldenFrameTests
{
    private static readonly HashSet<string> Dictionaries = new(StringComparer.Ordinal)
    {
        "fields",
        "title",
        "launcher",
        "greeting",
        "offlineText",
        "label",
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_frame_is_read_into_its_record_and_written_back_the_same(string file)
    {
        var frame = Find(file);

        Assert.Equal(frame.Json, JsonSerializer.Serialize(frame.Read(), frame.Record, ChatJson.Wire));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_frame_with_fields_of_a_later_version_reads_the_same(string file)
    {
        var frame = Find(file);
        var later = frame.Text["json"]!.DeepClone();
        AddUnknownFields(later);

        var read = JsonSerializer.Deserialize(later.ToJsonString(), frame.Record, ChatJson.Wire);

        Assert.Equal(frame.Json, JsonSerializer.Serialize(read, frame.Record, ChatJson.Wire));
    }

    [Theory]
    [InlineData("event-message-reply")]
    [InlineData("event-assigned")]
    [InlineData("event-status-snoozed")]
    public void A_frame_for_staff_becomes_the_one_that_visitors_get(string file)
    {
        var visitors = Projection.ForVisitor((ChatEvent)Find(file).Read());

        Assert.Equal(Find($"{file}-visitor").Json, JsonSerializer.Serialize(visitors, ChatJson.Wire.ChatEvent));
    }

    [Theory]
    [InlineData("event-assigned-visitor")]
    [InlineData("event-message-reply-visitor")]
    [InlineData("hello-result-visitor")]
    [InlineData("history-result-visitor")]
    [InlineData("ephemeral-presence-assignee")]
    [InlineData("ephemeral-typing-visitor")]
    public void Visitors_know_an_operator_by_the_alias_of_the_conversation_and_by_nothing_else(string file)
    {
        var anna = (string)Find("event-assigned").Text["json"]!["data"]!["assignee"]!["id"]!;
        var conversation = (string)Find("event-assigned").Text["json"]!["conversationId"]!;
        var alias = OperatorAlias.Of(new ConversationId(Guid.Parse(conversation)), new OperatorId(Guid.Parse(anna)));

        Assert.Contains(alias.ToString(), Find(file).Json, StringComparison.Ordinal);
        Assert.DoesNotContain(anna, Find(file).Json, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_record_of_the_wire_has_a_frame()
    {
        var records = typeof(ChatJson)
            .GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(JsonSerializableAttribute))
            .Select(attribute => (Type)attribute.ConstructorArguments[0].Value!)
            .Where(type => type.Namespace == typeof(ChatJson).Namespace);

        Assert.Empty(records.Except(Frame.All.Select(frame => frame.Record)));
    }

    [Fact]
    public void Every_type_of_event_and_ephemeral_has_a_frame()
    {
        var events = Frame.All.Select(frame => frame.Read()).OfType<ChatEvent>().Select(e => e.Type).ToHashSet();
        var ephemerals = Frame.All.Select(frame => frame.Read()).OfType<Ephemeral>().Select(e => e.Type).ToHashSet();

        // A skip comes as a push of its own and, within pages, as an event.
        Assert.Equal([EventType.Skip], Enum.GetValues<EventType>().Except(events));
        Assert.Contains(
            Frame.All.Select(frame => frame.Read()).OfType<HistoryResult>(),
            page => page.Events.Any(e => e.Type == EventType.Skip)
        );
        Assert.Empty(Enum.GetValues<EphemeralType>().Except(ephemerals));
    }

    [Fact]
    public void Every_method_has_a_frame_of_the_type_it_takes_and_every_answer_of_the_type_it_gives()
    {
        foreach (var method in Methods())
        {
            var takes = Frame.All.Where(frame => frame["method"] == method.Name).Select(frame => frame.Record).Distinct();
            Assert.Equal([method.GetParameters()[0].ParameterType], takes);
        }
        foreach (var frame in Frame.All.Where(frame => frame["result"] is not null))
        {
            var method = Methods().First(method => method.Name == frame["result"]);
            Assert.Equal(frame.Record, method.ReturnType.GetGenericArguments()[0]);
        }
    }

    [Fact]
    public void Every_push_has_a_frame()
    {
        var pushes = typeof(Push).GetFields().Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(pushes.Order(), Frame.All.Select(frame => frame["target"]).OfType<string>().Distinct().Order());
    }

    [Fact]
    public void A_file_has_the_name_of_its_frame_and_says_which_way_it_goes()
    {
        foreach (var frame in Frame.All)
        {
            Assert.Equal(frame.File, frame["name"]);
            Assert.Equal(
                frame["method"] is not null ? "client"
                    : frame["rest"] is not null ? frame["direction"]
                    : "server",
                frame["direction"]
            );
        }
    }

    public static TheoryData<string> Files() => [.. Frame.All.Select(frame => frame.File)];

    internal static IEnumerable<MethodInfo> Methods() =>
        new[] { typeof(IChatHub), typeof(IVisitorHub), typeof(IOperatorHub) }.SelectMany(hub => hub.GetMethods());

    private static Frame Find(string file) => Frame.All.Single(frame => frame.File == file);

    private static void AddUnknownFields(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                AddUnknownFields(item);
        }
        if (node is not JsonObject fields)
            return;
        foreach (var (name, value) in fields)
        {
            // The answers of a form and texts by locale are dictionaries: there every name is known.
            if (value is not JsonObject || !Dictionaries.Contains(name))
                AddUnknownFields(value);
        }
        fields["addedLater"] = new JsonObject { ["x"] = 1 };
    }
}
