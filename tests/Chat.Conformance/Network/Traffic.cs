using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Chat.Conformance.Network;

/// <summary>All that a client has done on its network.</summary>
internal sealed partial class Traffic
{
    private readonly Lock _gate = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<Connect> _connects = [];
    private readonly List<Call> _calls = [];
    private readonly List<Request> _requests = [];
    private readonly List<(Func<bool> IsMet, TaskCompletionSource Met)> _waiters = [];

    /// <summary>A TCP connect.</summary>
    public sealed record Connect(TimeSpan At, bool IsRefused);

    /// <summary>A call on a hub.</summary>
    public sealed record Call(int Connection, string Method, JsonNode? Argument, TimeSpan At);

    /// <summary>A call over HTTP.</summary>
    public sealed record Request(string Verb, string Path, string Body, TimeSpan At);

    public IReadOnlyList<Connect> Connects => Copy(_connects);

    public IReadOnlyList<Request> Requests => Copy(_requests);

    /// <summary>The newest that the service has given to the client.</summary>
    public string? RefreshToken { get; private set; }

    /// <summary>As above.</summary>
    public string? AccessToken { get; private set; }

    public TimeSpan Now => Stopwatch.GetElapsedTime(_started);

    public IReadOnlyList<Call> Calls(string method) => [.. Copy(_calls).Where(call => call.Method == method)];

    public void AddConnect(bool isRefused) => Change(() => _connects.Add(new Connect(Now, isRefused)));

    public void AddCall(int connection, string method, JsonNode? argument) =>
        Change(() => _calls.Add(new Call(connection, method, argument?.DeepClone(), Now)));

    public void AddRequest(string verb, string path, string body) => Change(() => _requests.Add(new Request(verb, path, body, Now)));

    /// <summary>A piece of an HTTP answer.</summary>
    public void AddAnswer(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (RefreshTokenField().Match(text) is not { Success: true } refresh)
            return;
        var access = AccessTokenField().Match(text);
        Change(() =>
        {
            RefreshToken = refresh.Groups["token"].Value;
            AccessToken = access.Success ? access.Groups["token"].Value : AccessToken;
        });
    }

    /// <summary>Ends when the condition holds; asked after everything that goes by.</summary>
    public async Task UntilAsync(Func<bool> isMet, string what, TimeSpan? patience = null)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (isMet())
                return;
            _waiters.Add((isMet, met));
        }
        try
        {
            await met.Task.WaitAsync(patience ?? Patience.ToShow);
        }
        catch (TimeoutException)
        {
            throw new ScenarioFault($"in {(patience ?? Patience.ToShow).TotalSeconds} s there was not: {what}");
        }
    }

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _waiters.RemoveAll(waiter => waiter.IsMet() && waiter.Met.TrySetResult());
        }
    }

    [GeneratedRegex("\"refreshToken\":\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RefreshTokenField();

    [GeneratedRegex("\"token\":\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AccessTokenField();
}
