using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>Calls below <c>/api/v1</c>.</summary>
internal sealed class Rest : IDisposable
{
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    // An operator's refresh token is a cookie.
    public Rest(Uri server) =>
        _http = new HttpClient(new HttpClientHandler { UseCookies = true })
        {
            BaseAddress = new Uri(server, "/api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>How far the server's clock is ahead of ours, as of its last answer.</summary>
    public TimeSpan Skew { get; private set; }

    /// <exception cref="Refusal">The server's answer is no.</exception>
    /// <exception cref="NoAnswer">There was none, or it was that of a proxy.</exception>
    public async Task<T> CallAsync<T>(
        HttpMethod method,
        string path,
        object? body = null,
        string? token = null,
        TimeSpan? within = null,
        CancellationToken cancellation = default
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(within ?? AnswerWithin);
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(ClientJson.Write(body), Encoding.UTF8, "application/json");
        try
        {
            using var answer = await _http.SendAsync(request, limit.Token);
            if (answer.Headers.Date is { } date)
                Skew = date - Clock.Now;
            if (!answer.IsSuccessStatusCode)
                throw await RefusalAsync(answer, limit.Token);
            return answer.StatusCode == HttpStatusCode.NoContent
                ? default!
                : ClientJson.Read<T>(await answer.Content.ReadFromJsonAsync<JsonElement>(limit.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            throw new NoAnswer(e);
        }
    }

    public void Dispose() => _http.Dispose();

    // Without a problem of ours it is a proxy that speaks: the way is blocked, and not the caller.
    private static async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not "application/problem+json")
            return new NoAnswer();
        var problem = ClientJson.Read<Problem>(await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation));
        return new Refusal(problem.Code, problem.Detail, problem.RetryAfterMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
    }
}
