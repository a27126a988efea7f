using System.Threading.Channels;
using Chat.Client;
using Chat.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Chat.Sample;

/// <summary>One conversation, drawn anew whenever something of it changes: its log, who types, what is being typed here.</summary>
internal sealed class Screen(string title)
{
    // Head, foot and what may be between.
    private const int OtherLines = 6;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    // Guarded by the gate.
    private ConnectionState _connection = new(ConnectionStatus.Idle);
    private ConversationState? _conversation;
    private string _typed = "";

    /// <summary>Draws until it is over.</summary>
    public Task RunAsync(CancellationToken ended) =>
        AnsiConsole
            .Live(Draw())
            .Overflow(VerticalOverflow.Crop)
            .Cropping(VerticalOverflowCropping.Top)
            .StartAsync(async live =>
            {
                await foreach (var _ in _changes.Reader.ReadAllAsync(CancellationToken.None))
                    live.UpdateTarget(Draw());
            })
            .WaitAsync(ended);

    /// <summary>The last drawing.</summary>
    public void End() => _changes.Writer.TryComplete();

    public void Show(ConnectionState? connection = null, ConversationState? conversation = null, string? typed = null)
    {
        lock (_gate)
        {
            _connection = connection ?? _connection;
            _conversation = conversation ?? _conversation;
            _typed = typed ?? _typed;
        }
        _changes.Writer.TryWrite(true);
    }

    private Rows Draw()
    {
        lock (_gate)
        {
            var lines = new List<IRenderable> { new Rule($"[bold]{Markup.Escape(title)}[/] {Line(_connection)}").LeftJustified() };
            var items = _conversation?.Items ?? [];
            lines.AddRange(items.TakeLast(Math.Max(1, AnsiConsole.Profile.Height - OtherLines)).Select(item => new Markup(Line(item))));
            lines.Add(new Markup(_conversation is null ? "[grey]Nobody has written yet.[/]" : Moment(_conversation)));
            lines.Add(new Rule().RuleStyle("grey"));
            lines.Add(new Markup($"[bold]>[/] {Markup.Escape(_typed)}[slowblink]_[/]"));
            return new Rows(lines);
        }
    }

    private static string Line(ConnectionState connection) =>
        connection.Status switch
        {
            ConnectionStatus.Online when connection.Transport == ConnectionTransport.Poll => "[green]online, without a socket[/]",
            ConnectionStatus.Online => "[green]online[/]",
            ConnectionStatus.Stopped => $"[red]stopped: {connection.Reason}[/]",
            ConnectionStatus.Offline => $"[yellow]offline, tries again ({connection.Reason})[/]",
            _ => "[yellow]connecting[/]",
        };

    private static string Moment(ConversationState conversation) =>
        conversation switch
        {
            { Typing: [var who, ..] } => $"[grey]{Markup.Escape(Name(who.Actor))} is typing …[/]",
            { Status: ConversationStatus.Queued, QueuePosition: { } place } => $"[grey]Place {place} in the queue[/]",
            _ => "",
        };

    private static string Line(TimelineItem item) =>
        item.Type switch
        {
            EventType.Message or EventType.Note => $"[grey]{item.At.ToLocalTime():HH:mm}[/] {Who(item)} {Text(item)} {Mark(item)}",
            EventType.Status => $"[grey]      {item.Data?.Status.ToString()?.ToLowerInvariant()}[/]",
            EventType.Assigned => $"[grey]      {Markup.Escape(item.Data?.Assignee?.Name ?? "nobody")} has it[/]",
            _ => $"[grey]      {item.Type.ToString().ToLowerInvariant()}[/]",
        };

    private static string Who(TimelineItem item) => item.Mine ? "[green]me[/]" : $"[blue]{Markup.Escape(Name(item.Actor))}[/]";

    private static string Name(Actor actor) => actor.Name ?? actor.Kind.ToString();

    private static string Text(TimelineItem item) =>
        item.Deleted ? "[grey]deleted[/]" : Markup.Escape(item.Body ?? "") + (item.Edited ? " [grey](edited)[/]" : "");

    private static string Mark(TimelineItem item) =>
        item switch
        {
            { Mine: false } => "",
            { State: ItemState.Failed } => $"[red]not sent: {item.Error}[/]",
            { State: ItemState.Held } => "[yellow]held[/]",
            _ => $"[grey]{item.State.ToString().ToLowerInvariant()}[/]",
        };
}
