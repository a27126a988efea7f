using System.Diagnostics;
using System.Text.Json;
using Chat.Server.Observability;
using Serilog.Events;
using Serilog.Parsing;

namespace Chat.Server.Tests.Observability;

public sealed class EcsFormatterTests
{
    [Fact]
    public void A_line_is_one_JSON_object_with_what_was_logged()
    {
        var trace = ActivityTraceId.CreateRandom();
        var span = ActivitySpanId.CreateRandom();
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(3));
        LogEventProperty[] properties =
        [
            new("Reason", new ScalarValue("a \"quoted\"\nline")),
            new("Sockets", new ScalarValue(7)),
            new("SourceContext", new ScalarValue("Chat.Server.Drain")),
            new("EventId", new StructureValue([new("Id", new ScalarValue(1)), new("Name", new ScalarValue("LogDrained"))])),
        ];
        var template = new MessageTemplateParser().Parse("Drained {Sockets} sockets: {Reason}");
        var error = new InvalidOperationException("broken");

        var line = Format(new LogEvent(at, LogEventLevel.Warning, error, template, properties, trace, span));

        Assert.Equal("2026-03-01T09:00:00.0000000Z", Text("@timestamp"));
        Assert.Equal("warn", Text("log.level"));
        Assert.Equal("Drained 7 sockets: a \"quoted\"\nline", Text("message"));
        Assert.Equal((trace.ToHexString(), span.ToHexString()), (Text("trace.id"), Text("span.id")));
        Assert.Equal(("Chat.Server.Drain", "LogDrained"), (Text("log.logger"), Text("event.code")));
        Assert.Contains("broken", Text("error.stack_trace"), StringComparison.Ordinal);
        Assert.Equal("chat", Text("service.name"));
        Assert.Equal(["Reason", "Sockets"], line.GetProperty("labels").EnumerateObject().Select(label => label.Name));
        Assert.Equal(7, line.GetProperty("labels").GetProperty("Sockets").GetInt32());

        string? Text(string name) => line.GetProperty(name).GetString();
    }

    [Fact]
    public void What_was_not_there_is_left_out()
    {
        var template = new MessageTemplateParser().Parse("Ready");

        var line = Format(new LogEvent(DateTimeOffset.UnixEpoch, LogEventLevel.Information, null, template, []));

        Assert.Empty(line.GetProperty("labels").EnumerateObject());
        Assert.All(
            (string[])["trace.id", "span.id", "error.stack_trace", "log.logger", "event.code"],
            name => Assert.False(line.TryGetProperty(name, out _))
        );
    }

    private static JsonElement Format(LogEvent logged)
    {
        using var output = new StringWriter();
        new EcsFormatter().Format(logged, output);
        var line = output.ToString();
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        return JsonDocument.Parse(line).RootElement;
    }
}
