using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>REST calls below <c>/api/v1</c>, and what their refusals mean.</summary>
internal sealed class RestCalls : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public RestCalls(ClientOptions options)
    {
        _time = options.TimeProvider;
        // Sessions of operators are cookies.
        var handler = options.HttpHandler?.Invoke() ?? new HttpClientHandler { UseCookies = true };
        _http = new HttpClient(handler) { BaseAddress = new Uri(options.Url, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>How far the server's clock is ahead of ours, as of its last answer.</summary>
    public TimeSpan Skew { get; private set; }

    public async Task<T> CallAsync<T>(
        HttpMethod method,
        string path,
        object? body,
        string? token,
        TimeSpan within,
        CancellationToken cancellationToken
    )
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var limit = new CancellationTokenSource(within, _time);
        using var stop = limit.Token.Register(bound.Cancel);
        try
        {
            using var request = Make(method, path, body, token);
            using var answer = await _http.SendAsync(request, bound.Token);
            NoteClock(answer);
            if (!answer.IsSuccessStatusCode)
                throw await RefusalAsync(answer, bound.Token);
            return await ReadAsync<T>(answer, bound.Token);
        }
        catch (Exception e) when (e is not ChatException && !cancellationToken.IsCancellationRequested)
        {
            throw new ChatException(ChatException.Network, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (typeof(T) == typeof(string))
            return (T)(object)await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode == System.Net.HttpStatusCode.NoContent)
            return default!;
        return (await answer.Content.ReadFromJsonAsync(ClientJson.Info<T>(), cancellationToken))!;
    }

    // A proxy's answer is no problem of ours and has no code: the way is blocked, not the caller.
    private static async Task<ChatException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not "application/problem+json")
            return new ChatException(ChatException.Network, $"HTTP {(int)answer.StatusCode}");
        var problem = (await answer.Content.ReadFromJsonAsync(ClientJson.Info<Problem>(), cancellationToken))!;
        TimeSpan? retryAfter = problem.RetryAfterMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
        return new ChatException(problem.Code, problem.Detail, retryAfter) { Data = { ["missing"] = problem.Missing } };
    }

    private static HttpRequestMessage Make(HttpMethod method, string path, object? body, string? token)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, ClientJson.Wire.GetTypeInfo(body.GetType()));
        return request;
    }

    private void NoteClock(HttpResponseMessage answer)
    {
        if (answer.Headers.Date is { } date)
            Skew = date - _time.GetUtcNow();
    }
}
