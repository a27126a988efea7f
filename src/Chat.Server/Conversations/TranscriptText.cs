using System.Globalization;
using System.Text;
using Chat.Contracts;
using Chat.Server.Messages;
using NodaTime;
using NodaTime.Text;

namespace Chat.Server.Conversations;

/// <summary>Words of a transcript in one language.</summary>
internal sealed record TranscriptWords(
    string Conversation,
    string Visitor,
    string Operator,
    string Note,
    string Deleted,
    string Edited,
    string Joined,
    string Waiting,
    string Closed,
    string Reopened,
    string Rated,
    string Offline
)
{
    public static TranscriptWords English { get; } =
        new(
            "Conversation",
            "Visitor",
            "Operator",
            "Note",
            "(deleted)",
            "(edited)",
            "{0} joined",
            "Waits for an operator",
            "Closed",
            "Opened again",
            "Rating: {0} of 5",
            "Opened outside business hours"
        );

    public static TranscriptWords Russian { get; } =
        new(
            "Диалог",
            "Посетитель",
            "Оператор",
            "Заметка",
            "(удалено)",
            "(изменено)",
            "{0} отвечает",
            "Ожидает оператора",
            "Закрыт",
            "Открыт снова",
            "Оценка: {0} из 5",
            "Начат в нерабочее время"
        );

    /// <summary>Of a BCP 47 tag, or null for a language that there is not.</summary>
    public static TranscriptWords? Of(string locale) =>
        locale.Split('-', '_')[0].ToLowerInvariant() switch
        {
            "en" => English,
            "ru" => Russian,
            _ => null,
        };
}

/// <summary>
/// Events as lines of text. Every line begins with a time, a star or an indent, so that no message can look like a line of somebody else's.
/// </summary>
internal sealed class TranscriptText(TranscriptWords words, DateTimeZone zone, bool notes)
{
    private static readonly LocalDateTimePattern Time = LocalDateTimePattern.CreateWithInvariantCulture("yyyy-MM-dd HH:mm");

    public string Head(string inbox, ConversationId id) => $"{Indent(inbox)}\n{words.Conversation} {id}\n{zone.Id}\n\n";

    public string Lines(IEnumerable<ChatEvent> events)
    {
        var text = new StringBuilder();
        foreach (var e in events)
        {
            if (Line(e) is { } line)
                text.Append('[').Append(At(e)).Append("] ").Append(Indent(line)).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Whatever breaks a line is a line feed with an indent, and nothing turns the direction of what follows.</summary>
    private static string Indent(string line)
    {
        if (line.AsSpan().ContainsAny(OneLine.Refused))
            line = string.Concat(line.Where(c => !OneLine.Refused.Contains(c) || IsBreak(c)).Select(c => IsBreak(c) ? '\n' : c));
        return line.Replace("\n", "\n    ", StringComparison.Ordinal);
    }

    private static bool IsBreak(char c) => c is '\u2028' or '\u2029';

    private string? Line(ChatEvent e) =>
        e.Type switch
        {
            EventType.Message => $"{Name(e.Actor!)}: {Body(e.Data!)}",
            EventType.Note when notes => $"{words.Note}, {Name(e.Actor!)}: {Body(e.Data!)}",
            EventType.Assigned when e.Data!.Assignee is { } assignee => "* " + Fill(words.Joined, assignee.Name),
            EventType.Status => Status(e.Data!) is { } status ? "* " + status : null,
            EventType.Rated => "* " + Fill(words.Rated, e.Data!.Score!) + (e.Data.Comment is { } comment ? $"\n{comment}" : ""),
            EventType.System when e.Data!.Code == ConversationOpener.Offline => "* " + words.Offline,
            _ => null,
        };

    private string? Status(EventData data) =>
        data switch
        {
            { Status: ConversationStatus.Closed } => words.Closed,
            { PreviousStatus: ConversationStatus.Closed } => words.Reopened,
            { Status: ConversationStatus.Queued } => words.Waiting,
            _ => null,
        };

    private string Body(EventData data)
    {
        if (data.Body is null)
            return words.Deleted;
        return data.EditedSeq is null ? data.Body : $"{data.Body} {words.Edited}";
    }

    private string Name(Actor actor) => actor.Name ?? (actor.Kind == ActorKind.Visitor ? words.Visitor : words.Operator);

    private string At(ChatEvent e) => Time.Format(Instant.FromDateTimeOffset(e.At!.Value).InZone(zone).LocalDateTime);

    private static string Fill(string form, object value) =>
        form.Replace("{0}", Convert.ToString(value, CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
