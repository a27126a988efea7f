using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat.Client.Tests.Traces;

/// <summary>Connections and tokens as a trace gives them.</summary>
/// <param name="record">Takes an effect. True: it is not asked about, and gets an empty answer.</param>
/// <param name="unanswered">Receipts that get no answer.</param>
internal sealed class TraceLinks(Func<JsonObject, bool> record, IReadOnlySet<string> unanswered) : ILinkFactory, ITokens
{
    private volatile bool _isTokenNew = true;
    private TaskCompletionSource<ILink>? _attempt;
    private Action<object> _onPush = _ => { };

    /// <summary>The connection that was made last.</summary>
    public TraceLink? Link { get; private set; }

    public Task<ILink> ConnectAsync(Action<object> onPush, CancellationToken cancellationToken)
    {
        var attempt = new TaskCompletionSource<ILink>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_onPush, var token) = (onPush, _isTokenNew ? "new token" : "same token");
        _isTokenNew = false;
        Volatile.Write(ref _attempt, attempt);
        record(new JsonObject { ["connect"] = token });
        return attempt.Task.WaitAsync(cancellationToken);
    }

    /// <summary>False: nobody is connecting.</summary>
    public bool Open()
    {
        if (Interlocked.Exchange(ref _attempt, null) is not { } attempt)
            return false;
        Link = new TraceLink(_onPush, unanswered, record);
        return attempt.TrySetResult(Link);
    }

    public void Fail() => Interlocked.Exchange(ref _attempt, null)!.SetException(new ChatException(ChatException.Network));

    public void ForgetToken() => Forget();

    public Task<string> GetAsync(CancellationToken cancellationToken) => Task.FromResult("token");

    public void Forget() => _isTokenNew = true;

    public async Task<IReadOnlyList<string>> EndAsync(Func<Task> wipe, CancellationToken cancellationToken)
    {
        await wipe();
        return [];
    }

    public void Dispose()
    {
        // Nothing is kept.
    }
}

/// <summary>A connection whose other end is a trace.</summary>
internal sealed class TraceLink(Action<object> onPush, IReadOnlySet<string> unanswered, Func<JsonObject, bool> record) : ILink
{
    private static readonly HashSet<string> Receipts = new(StringComparer.Ordinal) { "Read", "Delivered", "Typing" };

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the gate: calls that wait for an answer.
    private readonly List<(string Method, TaskCompletionSource<JsonNode> Answer)> _calls = [];

    public ConnectionTransport Transport => ConnectionTransport.Socket;

    public Task<LinkEnd> Ended => _ended.Task;

    public async Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken)
    {
        var call = JsonSerializer.SerializeToNode(request, ClientJson.Wire.GetTypeInfo(request.GetType()))!.AsObject();
        call["call"] = method;
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_ended.Task.IsCompleted)
                throw new ChatException(ChatException.Network);
            _calls.Add((method, answer));
        }
        var isAnswered = record(call) || (Receipts.Contains(method) && !unanswered.Contains(method));
        if (isAnswered)
            Answer(method, new JsonObject { ["conversations"] = new JsonArray() });
        var text = await answer.Task.WaitAsync(cancellationToken);
        return typeof(T) == typeof(object) ? default! : text.Deserialize(ClientJson.Info<T>())!;
    }

    public void Push(object push) => onPush(push);

    public void Answer(string method, JsonNode result) => Take(method).SetResult(result);

    public void Refuse(string method, string code) => Take(method).SetException(new ChatException(code));

    public void Close(string? reason = null)
    {
        if (!_ended.TrySetResult(new LinkEnd(reason)))
            return;
        record(new JsonObject { ["close"] = true });
        Abandon();
    }

    /// <summary>The other side ends it.</summary>
    public void End(string? reason)
    {
        _ended.TrySetResult(new LinkEnd(reason));
        Abandon();
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Abandon()
    {
        lock (_gate)
        {
            _calls.ForEach(call => call.Answer.TrySetException(new ChatException(ChatException.Network)));
            _calls.Clear();
        }
    }

    private TaskCompletionSource<JsonNode> Take(string method)
    {
        lock (_gate)
        {
            var call = _calls.First(call => call.Method == method);
            _calls.Remove(call);
            return call.Answer;
        }
    }
}
