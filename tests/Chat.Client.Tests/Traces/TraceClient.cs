using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Contracts;

namespace Chat.Client.Tests.Traces;

/// <summary>The real core of both sides, with nothing under it but what a trace gives; what an app does with it, and what it shows.</summary>
internal sealed class TraceClient : IAsyncDisposable
{
    private readonly ChatModel _model;
    private readonly ClientParts _parts;
    private readonly Following _following;
    private readonly Names _names;

    // Of calls that an app would wait for.
    private readonly List<Task> _asked = [];

    /// <param name="side">Whose client it is.</param>
    /// <param name="storage">What an earlier process has left.</param>
    /// <param name="time">The clock.</param>
    /// <param name="links">The server.</param>
    /// <param name="names">Of the trace.</param>
    /// <param name="changed">Called whenever something that is shown may be another.</param>
    public TraceClient(Side side, IChatStorage storage, TraceTime time, TraceLinks links, Names names, Action changed)
    {
        var options = new ChatClientOptions
        {
            Url = new Uri("http://chat.example"),
            Inbox = "demo",
            TimeProvider = time,
        };
        _model = new ChatModel(side, storage, time);
        _parts = new ClientParts(options, _model, new RestCalls(options), links, links);
        _following = new Following(_parts, Limits.WatchRows, time);
        _names = names;
        _model.Conversations.Changed += _ => changed();
        _parts.Loop.State.Changed += _ => changed();
    }

    public JsonObject Shown
    {
        get
        {
            var (status, reason) = (_parts.Loop.State.Value.Status, _parts.Loop.State.Value.Reason);
            var conversations = _model.Conversations.Value.Values.Select(state =>
                KeyValuePair.Create<string, JsonNode?>(state.Id.ToString(), Show(state))
            );
            return new JsonObject
            {
                ["connection"] = status switch
                {
                    ConnectionStatus.Online => "online",
                    ConnectionStatus.Stopped => $"stopped: {reason}",
                    _ => "not online",
                },
                ["conversations"] = new JsonObject(conversations),
            };
        }
    }

    public async Task DoAsync(JsonObject input)
    {
        var id = _names.Conversation(input["conversation"]);
        var key = _names.Text(input["key"]);
        switch ((string?)input["app"])
        {
            case "start":
                await _parts.LoadAsync(CancellationToken.None);
                // It returns when it is online: what the trace says next makes it so.
                _asked.Add(_parts.StartAsync(CancellationToken.None));
                break;
            case "read":
                _parts.Marks.Read(_model.Resolve(id));
                break;
            case "hide" or "show":
                _parts.Marks.IsShown = (string?)input["app"] == "show";
                break;
            case "type":
                _parts.Typing(id, preview: null);
                break;
            case "older":
                _asked.Add(_parts.LoadOlderAsync(id, CancellationToken.None));
                break;
            case "follow":
                _following.Open(id);
                break;
            case "retry":
                _model.Outbox.Retry(id, key);
                break;
            case "release":
                _model.Outbox.Retry(id, key, _model.Look(id, held => held?.Log.Seq));
                break;
            case "discard":
                _model.Outbox.Discard(id, key);
                break;
            default:
                await ChangeAsync(input, id);
                break;
        }
    }

    public Task StopAsync() => _parts.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        await Task.WhenAll(_asked.Where(task => task.IsCompleted)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ChangeAsync(JsonObject input, ConversationId id)
    {
        switch ((string?)input["app"])
        {
            case "open":
                await OpenAsync(input);
                break;
            case "send":
                _names.Bind(input["as"], await SendAsync(input, id));
                break;
            case "edit":
                await AddAsync(OutboxItem.New(id, ChangeKind.Edit) with { Seq = (int)input["seq"]!, Body = (string?)input["body"] });
                break;
            case "remove":
                await AddAsync(OutboxItem.New(id, ChangeKind.Delete) with { Seq = (int)input["seq"]! });
                break;
            case "close":
                _asked.Add(_parts.ChangeAsync(OutboxItem.New(id, ChangeKind.Close), CancellationToken.None));
                break;
            default:
                throw new ArgumentException($"No app does {input["app"]}.", nameof(input));
        }
    }

    private async Task OpenAsync(JsonObject input)
    {
        var clientId = Guid.NewGuid();
        _names.Bind(input["as"], clientId);
        var id = new ConversationId(clientId);
        await AddAsync(OutboxItem.New(id, ChangeKind.OpenConversation) with { ClientId = clientId });
        if (input["body"] is not null)
            _names.Bind(input["bodyAs"], await SendAsync(input, id));
    }

    private Task<Guid> SendAsync(JsonObject input, ConversationId id) =>
        AddAsync(
            OutboxItem.New(id, ChangeKind.Send) with
            {
                Body = (string?)input["body"],
                ReplyTo = (int?)input["replyTo"],
                ExpectedSeq = (int?)input["expectedSeq"],
            }
        );

    private async Task<Guid> AddAsync(OutboxItem change) => Guid.Parse(await _parts.AddAsync(change, CancellationToken.None));

    private JsonObject Show(ConversationState state)
    {
        int waiting;
        lock (_model.Gate)
            waiting = _model.Outbox.Of(state.Id).Count;
        var shown = new JsonObject
        {
            ["status"] = Word(state.Status),
            ["epoch"] = state.Epoch,
            ["seq"] = state.Seq,
            ["unread"] = state.Unread,
            ["own"] = Show(state.Cursors.Own),
            ["other"] = Show(state.Cursors.Other),
            ["items"] = new JsonArray([.. state.Items.Select(item => (JsonNode)Show(item))]),
        };
        if (state.HasOlder)
            shown["older"] = true;
        if (waiting > 0)
            shown["waiting"] = waiting;
        if (state.Typing.Count > 0)
            shown["typing"] = state.Typing.Count;
        if (state.QueuePosition is { } position)
            shown["position"] = position;
        if (state.Online is { } online)
            shown["online"] = online;
        return shown;
    }

    private static JsonArray Show(Marks marks) => [marks.DeliveredSeq, marks.ReadSeq];

    private static string Show(TimelineItem item)
    {
        List<string> words = [item.Seq?.ToString(CultureInfo.InvariantCulture) ?? "-", Word(item.Type)];
        if (item.Mine)
            words.AddRange(["mine", Word(item.State)]);
        if (item.Edited)
            words.Add("edited");
        if (item.Deleted)
            words.Add("deleted");
        if (item.Pending is { } pending)
            words.Add($"pending-{Word(pending)}");
        if (item.Error is { } error)
            words.Add($"!{error}");
        if (item.Missing is { } missing)
            words.Add($"missing={string.Join(',', missing.Select(e => e.Seq))}");
        var line = string.Join(' ', words);
        return item.Body is null || item.Pending is not null ? line : $"{line}: {item.Body}";
    }

    private static string Word<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(word.ToString());
}
