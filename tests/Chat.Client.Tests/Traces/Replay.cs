using System.Text.Json.Nodes;
using System.Threading.Channels;
using Chat.Contracts;
using Xunit;

namespace Chat.Client.Tests.Traces;

/// <summary>Plays a trace to a client. Threads run as they like: of each step it is waited for what the trace says.</summary>
internal sealed class Replay : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // A task may begin to wait for a time after that time was let pass: then as much passes once more.
    private static readonly TimeSpan BeforeMore = TimeSpan.FromSeconds(1);

    private readonly Trace _trace;
    private readonly TraceTime _time;
    private readonly TraceLinks _links;
    private readonly MemoryStorage _storage = new();
    private readonly Names _names = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Lock _gate = new();

    // Guarded by the gate.
    private readonly List<JsonObject> _effects = [];
    private readonly HashSet<string> _optional = new(StringComparer.Ordinal);
    private TraceClient _client;

    public Replay(Trace trace)
    {
        _trace = trace;
        _time = new TraceTime { Armed = Signal };
        _links = new TraceLinks(Record, trace.Unanswered);
        _client = New();
    }

    public async Task BeginAsync()
    {
        if (_trace.Given is not { } given)
            return;
        await _client.DoAsync(new JsonObject { ["app"] = "start" });
        await GoOnAsync("Hello");
        _links.Link!.Answer(
            "Hello",
            _names.ToIds(TraceAnswers.Of(_trace.Side, new JsonObject { ["answer"] = "Hello", ["pages"] = given.DeepClone() }))
        );
        while ((string?)_client.Shown["connection"] != "online")
            await ChangeAsync("It is not online.");
        lock (_gate)
            _effects.Clear();
    }

    /// <summary>Plays a step; returns when all that it says is so.</summary>
    public async Task PlayAsync(JsonObject step)
    {
        lock (_gate)
        {
            _optional.Clear();
            _optional.UnionWith(step["optional"]?.AsArray().Select(method => (string)method!) ?? []);
        }
        var input = step["input"]!.AsObject();
        await DoAsync(input);
        if ((string?)step["until"] is { } method)
            await GoOnAsync(method);

        var isLate = input["wait"] is not null && input["idle"] is null;
        while (Difference(step) is { } difference)
        {
            if (await ChangesAsync(isLate ? BeforeMore : Patience))
                continue;
            if (!isLate)
                Assert.Fail($"{input.ToJsonString()}\n{difference}");
            isLate = false;
            _time.Advance(TimeSpan.FromMilliseconds((int)input["wait"]!));
        }
        Forget(step);
    }

    /// <summary>Nothing more came than was asked about.</summary>
    public async Task EndAsync()
    {
        List<JsonObject> left;
        lock (_gate)
            left = [.. _effects];
        Assert.Empty(left.Select(TraceJson.Canonical));
        await _client.StopAsync();
        lock (_gate)
            Assert.Empty(_effects.Where(effect => effect["close"] is null).Select(TraceJson.Canonical));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private TraceClient New() => new(_trace.Side, _storage, _time, _links, _names, Signal);

    private bool Record(JsonObject effect)
    {
        lock (_gate)
        {
            if ((string?)effect["call"] is { } method && _optional.Contains(method))
                return true;
            _effects.Add(effect);
        }
        Signal();
        return false;
    }

    private void Signal() => _changes.Writer.TryWrite(true);

    private async Task<bool> ChangesAsync(TimeSpan within)
    {
        using var bound = new CancellationTokenSource(within);
        try
        {
            return await _changes.Reader.ReadAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ChangeAsync(string otherwise)
    {
        if (!await ChangesAsync(Patience))
            Assert.Fail($"{otherwise} {_client.Shown}");
    }

    private async Task DoAsync(JsonObject input)
    {
        if ((string?)input["app"] == "restart")
        {
            await _client.DisposeAsync();
            _client = New();
            await _client.DoAsync(new JsonObject { ["app"] = "start" });
        }
        else if (input["app"] is not null)
            await _client.DoAsync(input);
        else if (input["wait"] is { } wait)
            await LetPassAsync(TimeSpan.FromMilliseconds((int)wait), input["idle"] is not null);
        else if (input["link"] is { } link)
            Connect((string)link!, (string?)input["reason"]);
        else if ((string?)input["answer"] is { } answered)
            _links.Link!.Answer(answered, _names.ToIds(TraceAnswers.Of(_trace.Side, input)));
        else if ((string?)input["refuse"] is { } refused)
            _links.Link!.Refuse(refused, (string)input["code"]!);
        else if (input["lose"] is not null)
            _links.Link!.Close();
        else
            _links.Link!.Push(TraceAnswers.Push(input, _names));
    }

    private void Connect(string what, string? reason)
    {
        if (what == "closed")
            _links.Link!.End(reason);
        else if (what == "failed")
            _links.Fail();
        else
            Assert.True(_links.Open());
    }

    private async Task LetPassAsync(TimeSpan span, bool isIdle)
    {
        while (!isIdle && !_time.HasDue(span) && !HasEffects && await ChangesAsync(BeforeMore)) { }
        _time.Advance(span);
    }

    private bool HasEffects
    {
        get
        {
            lock (_gate)
                return _effects.Count > 0;
        }
    }

    // Links open and time passes by themselves.
    private async Task GoOnAsync(string method)
    {
        while (!HasCall(method))
        {
            if (_links.Open())
                continue;
            if (!_time.HasDue(Patience))
                await ChangeAsync($"{method} was not called.");
            else if (!await ChangesAsync(TimeSpan.FromMilliseconds(5)))
                _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private bool HasCall(string method)
    {
        lock (_gate)
            return _effects.Exists(effect => (string?)effect["call"] == method);
    }

    /// <summary>What is not as the step says; null: nothing.</summary>
    private string? Difference(JsonObject step)
    {
        List<JsonObject> made;
        lock (_gate)
            made = [.. _effects.Select(_names.ToNames)];
        var wanted = step["effects"]?.AsArray().Select(effect => effect!.AsObject()).ToList() ?? [];
        var effects = string.Join('\n', TraceJson.Told(Counted(step, made, wanted), wanted));
        var wantedEffects = string.Join('\n', TraceJson.Told(wanted, []));
        if (effects != wantedEffects)
            return $"wanted effects:\n{wantedEffects}\nthere are:\n{effects}";
        if (step["state"] is not { } text)
            return null;
        var (state, wantedState) = (TraceJson.Canonical(_names.ToNames(_client.Shown)), TraceJson.Canonical(text));
        return state == wantedState ? null : $"wanted state:\n{wantedState}\nit is:\n{state}";
    }

    // What becomes of the link counts where a step asks about it; how a client came to a call does not.
    private static IEnumerable<JsonObject> Counted(JsonObject step, List<JsonObject> made, List<JsonObject> wanted)
    {
        var calls = made.Where(effect => !IsOfLink(effect));
        if (!wanted.Exists(IsOfLink))
            return calls;
        return
        [
            .. step["until"] is null ? made.Where(IsOfLink) : made.Where(effect => effect["connect"] is not null).TakeLast(1),
            .. calls,
        ];
    }

    private static bool IsOfLink(JsonObject effect) => effect["connect"] is not null || effect["close"] is not null;

    private void Forget(JsonObject step)
    {
        var isAskedAbout = step["until"] is not null || step["effects"]?.AsArray().Any(effect => IsOfLink(effect!.AsObject())) == true;
        lock (_gate)
            _effects.RemoveAll(effect => isAskedAbout || !IsOfLink(effect));
    }
}
