using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chat.Contracts;

namespace Chat.Server.Tests.Wire;

/// <summary>PROTOCOL.md is what client authors read, so it must say what the code does.</summary>
public sealed class ProtocolDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Frame.Root, "src", "Chat.Contracts", "PROTOCOL.md"));

    [Fact]
    public void The_table_of_errors_is_the_registry() =>
        Assert.Equal(
            ErrorCode.All.Select(e => $"`{e.Code}` | {Text(e.HttpStatus)} | {YesNo(e.Retryable)} | {e.Meaning}"),
            Table("### Error codes")
        );

    [Fact]
    public void The_table_of_refused_fields_is_the_registry() =>
        Assert.Equal(FieldFault.All.Select(e => $"`{e.Code}` | `{e.Refusal.Code}` | {e.Meaning}"), Table("### Reasons of refused fields"));

    [Fact]
    public void The_table_of_reasons_is_the_registry() =>
        Assert.Equal(DisconnectReason.All.Select(e => $"`{e.Code}` | {YesNo(e.Reconnect)} | {e.Meaning}"), Table("### Disconnect reasons"));

    [Fact]
    public void The_table_of_limits_is_the_class() =>
        Assert.Equal(
            typeof(Limits).GetFields().Select(field => $"`{field.Name}` | {Text((int)field.GetRawConstantValue()!)}"),
            Table("### Limits").Select(row => string.Join(" | ", row.Split(" | ")[..2]))
        );

    [Fact]
    public void Every_method_is_in_the_table_of_roles() =>
        Assert.Equal(
            GoldenFrameTests.Methods().Select(method => $"`{method.Name}`"),
            Table("### Who may call what").Select(row => row.Split(" | ")[0])
        );

    [Fact]
    public void Every_type_of_event_is_in_the_table_of_events() =>
        Assert.Equal(
            Enum.GetValues<EventType>().Select(type => $"`{JsonNamingPolicy.CamelCase.ConvertName(type.ToString())}`"),
            Table("### Events by type").Select(row => row.Split(" | ")[0])
        );

    [Fact]
    public void Every_field_of_every_record_is_named()
    {
        var text = string.Join('\n', Lines);
        var properties = Frame
            .All.Select(frame => frame.Record)
            .Distinct()
            .Append(typeof(EventData))
            .Append(typeof(InboxRow))
            .SelectMany(record => record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .Distinct();

        Assert.All(properties, name => Assert.Matches($@"\b{name}\b", text));
    }

    private static List<string> Table(string heading) =>
        [
            .. Lines
                .SkipWhile(line => line != heading)
                .SkipWhile(line => !line.StartsWith("|--", StringComparison.Ordinal))
                .Skip(1)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => string.Join(" | ", line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()))),
        ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string YesNo(bool value) => value ? "yes" : "no";
}
