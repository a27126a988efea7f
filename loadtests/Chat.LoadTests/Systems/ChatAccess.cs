using System.Net.Http.Json;
using Chat.Contracts;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems;

/// <summary>Sessions and sockets on nodes of this project, wherever they run.</summary>
internal sealed class ChatAccess(IReadOnlyList<Uri> nodes, string inbox, Dialect dialect) : IDisposable
{
    private const string Device = "11111111-2222-4333-8444-555555555555";

    private readonly HttpClient _http = new();
    private readonly List<string> _visitors = [];
    private readonly List<string> _operators = [];

    // Read by those who connect from now on.
    private IReadOnlyList<Uri> _doors = nodes;
    private readonly Uri _sessions = nodes[0];

    /// <summary>From now on sockets go through these, one for each node; sessions do not.</summary>
    public void GoThrough(IReadOnlyList<Uri> doors) => _doors = doors;

    public bool HasOperators => _operators.Count > 0;

    public void AddOperator(string token) => _operators.Add(token);

    public async Task SignInAsync(string email, string password, CancellationToken cancellation)
    {
        var session = await PostAsync(
            "api/v1/operator/session",
            new OperatorSessionRequest(email, password),
            ChatJson.Wire.OperatorSession,
            cancellation
        );
        AddOperator(session.Token);
    }

    /// <summary>Sessions up to this number of visitors.</summary>
    public async Task AddVisitorsAsync(int count, CancellationToken cancellation)
    {
        var tokens = new string[Math.Max(0, count - _visitors.Count)];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, tokens.Length),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
            async (i, token) =>
            {
                var request = new VisitorSessionRequest(inbox, Guid.NewGuid());
                tokens[i] = (await PostAsync("api/v1/visitor/session", request, ChatJson.Wire.VisitorSession, token)).Token;
            }
        );
        _visitors.AddRange(tokens);
    }

    public string VisitorToken(int number) => _visitors[number % _visitors.Count];

    public string OperatorToken(int number) => _operators[number % _operators.Count];

    public Uri Node(int number) => _doors[number % _doors.Count];

    public WebSocketLink Visitor(int number, Uri node)
    {
        var link = HubCalls.Connect(node, "/hubs/visitor", VisitorToken(number));
        link.Call("Hello", Hello());
        return link;
    }

    public WebSocketLink Operator(int number, Uri node)
    {
        var link = HubCalls.Connect(node, "/hubs/operator", OperatorToken(number));
        link.Call("Hello", Hello());
        return link;
    }

    public static Guid OpenConversation(WebSocketLink visitor) =>
        visitor
            .Call("OpenConversation", $"{{\"clientId\":\"{Guid.NewGuid()}\",\"topic\":\"Load\"}}")
            .GetProperty("page")
            .GetProperty("conversation")
            .GetProperty("id")
            .GetGuid();

    public WebSocketLink Watch(int number)
    {
        var link = HubCalls.Connect(Node(number), "/hubs/operator", OperatorToken(number));
        var inboxes = link.Call("Hello", Hello()).GetProperty("you").GetProperty("inboxes").GetRawText();
        link.Call("Watch", $"{{\"inboxes\":{inboxes}}}");
        return link;
    }

    public Pair Talk(int number, bool apart, string body)
    {
        var visitor = Visitor(number, Node(number));
        var id = OpenConversation(visitor);
        var @operator = Operator(number, Node(apart ? number + 1 : number));
        @operator.Call("Open", $"{{\"conversationId\":\"{id}\"}}");
        return new Pair(dialect, number, id.ToString(), visitor, @operator, body);
    }

    /// <param name="cursors">JSON of the cursors held, or nothing.</param>
    public static string Hello(string cursors = "") =>
        cursors.Length == 0
            ? $"{{\"protocol\":1,\"deviceId\":\"{Device}\"}}"
            : $"{{\"protocol\":1,\"deviceId\":\"{Device}\",\"cursors\":[{cursors}]}}";

    public void Dispose() => _http.Dispose();

    private async Task<TAnswer> PostAsync<TRequest, TAnswer>(
        string path,
        TRequest request,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<TAnswer> answer,
        CancellationToken cancellation
    )
    {
        using var response = await _http.PostAsJsonAsync(new Uri(_sessions, path), request, ChatJson.Wire.Options, cancellation);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(
                $"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}"
            );
        return (await response.Content.ReadFromJsonAsync(answer, cancellation))!;
    }
}
