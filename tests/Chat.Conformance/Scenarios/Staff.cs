using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Testing.Nodes;

namespace Chat.Conformance.Scenarios;

/// <summary>The administrator of the service, over REST.</summary>
internal sealed class Staff(Uri node, OperatorAccess access) : IDisposable
{
    // Well within a token's life.
    private static readonly TimeSpan TokenFor = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new() { BaseAddress = new Uri(node, "/api/v1/") };
    private readonly SemaphoreSlim _one = new(1);
    private string? _token;
    private long _tokenAt;

    public async Task<T> CallAsync<T>(HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(method, path, body, await TokenAsync());
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return answer.StatusCode == HttpStatusCode.NoContent
            ? default!
            : (await answer.Content.ReadFromJsonAsync<T>(ChatJson.Wire.Options))!;
    }

    public Task CallAsync(HttpMethod method, string path, object? body = null) => CallAsync<object?>(method, path, body);

    /// <summary>As anybody; the answer's status.</summary>
    public async Task<HttpStatusCode> AnonymousAsync(string path, object body)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, body, token: null);
        return answer.StatusCode;
    }

    /// <summary>A new operator of these inboxes, signed in once; the e-mail.</summary>
    public async Task<(OperatorId Id, string Email)> AddOperatorAsync(string name, params IReadOnlyList<InboxId> inboxes)
    {
        var email = $"{Guid.NewGuid():N}@support.example";
        var added = await CallAsync<AddedOperator>(HttpMethod.Post, "admin/operators", new OperatorDraft(email, name, Inboxes: inboxes));
        await AnonymousAsync("operator/session", new OperatorSessionRequest(email, added.Password, ChatCluster.Password));
        return (added.Operator.Id, email);
    }

    public Task<InboxSettings> AddInboxAsync(string name) =>
        CallAsync<InboxSettings>(HttpMethod.Post, "admin/inboxes", new InboxDraft(name, AllowNativeApps: true, OpenConversations: 1000));

    public void Dispose()
    {
        _http.Dispose();
        _one.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, string? token)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ChatJson.Wire.Options);
        return await _http.SendAsync(request);
    }

    private async Task<string> TokenAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_token is null || Stopwatch.GetElapsedTime(_tokenAt) > TokenFor)
                (_token, _tokenAt) = ((await access.SignInAsync()).Token, Stopwatch.GetTimestamp());
            return _token;
        }
        finally
        {
            _one.Release();
        }
    }
}
