using Chat.Client;
using Chat.Contracts;
using Spectre.Console;

namespace Chat.Sample;

/// <summary>Prints what is new of a conversation, one line each, and again what has changed.</summary>
internal sealed class Screen
{
    private readonly Dictionary<string, string> _shown = [];

    public void Show(ConversationState state)
    {
        foreach (var item in state.Items)
        {
            var line = Line(item);
            if (_shown.TryGetValue(item.Key, out var before) && before == line)
                continue;
            _shown[item.Key] = line;
            AnsiConsole.MarkupLine(line);
        }
        foreach (var typing in state.Typing)
            AnsiConsole.MarkupLine($"[grey]{Markup.Escape(typing.Actor.Name ?? "somebody")} is typing …[/]");
    }

    public static void Show(ConnectionState connection)
    {
        var colour = connection.Status == ConnectionStatus.Online ? "green" : "yellow";
        AnsiConsole.MarkupLine($"[{colour}]{connection.Status} {connection.Reason}[/]");
    }

    private static string Line(TimelineItem item) =>
        item.Type switch
        {
            EventType.Message or EventType.Note => $"[blue]{Who(item)}[/] {Text(item)} [grey]{item.State} {item.Error}[/]",
            EventType.Status => $"[grey]{item.Data?.Status}[/]",
            EventType.Assigned => $"[grey]{Markup.Escape(item.Data?.Assignee?.Name ?? "nobody")} has it[/]",
            _ => $"[grey]{item.Type}[/]",
        };

    private static string Who(TimelineItem item) => Markup.Escape(item.Mine ? "me" : item.Actor.Name ?? item.Actor.Kind.ToString());

    private static string Text(TimelineItem item) => item.Deleted ? "[strikethrough]deleted[/]" : Markup.Escape(item.Body ?? "");
}
