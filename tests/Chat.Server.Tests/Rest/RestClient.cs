using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

/// <summary>Somebody who calls <c>/api/v1</c>.</summary>
internal sealed class RestClient(HttpClient http, string? token, Guid id)
{
    public string? Token => token;

    public Guid Id => id;

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body = null,
        string? origin = null,
        CancellationToken cancellation = default
    )
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body, body.GetType(), options: ChatJson.Wire.Options);
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
    }

    public Task<T> GetAsync<T>(string path, CancellationToken cancellation = default) =>
        CallAsync<T>(HttpMethod.Get, path, null, cancellation);

    public Task<T> PostAsync<T>(string path, object body) => CallAsync<T>(HttpMethod.Post, path, body);

    public async Task<T> CallAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation = default)
    {
        using var response = await SendAsync(method, path, body, null, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode} {text}");
        return (T)System.Text.Json.JsonSerializer.Deserialize(text, typeof(T), ChatJson.Wire)!;
    }

    /// <summary>For calls that answer nothing.</summary>
    public async Task DoAsync(HttpMethod method, string path, object? body = null)
    {
        using var response = await SendAsync(method, path, body);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    public Task<Problem> RefusedAsync(ErrorCode code, string path) => RefusedAsync(code, HttpMethod.Get, path);

    public Task<Problem> RefusedAsync(ErrorCode code, string path, object body) => RefusedAsync(code, HttpMethod.Post, path, body);

    /// <summary>A refusal: the registry's status, problem details, the code.</summary>
    public async Task<Problem> RefusedAsync(ErrorCode code, HttpMethod method, string path, object? body = null)
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == code.HttpStatus, $"{method} {path}: {response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = (Problem)System.Text.Json.JsonSerializer.Deserialize(text, typeof(Problem), ChatJson.Wire)!;
        Assert.Equal((code.Code, code.HttpStatus, code.Meaning), (problem.Code, problem.Status, problem.Title));
        return problem;
    }

    public async Task<ConversationId> OpenAsync(string? topic = null) =>
        (await PostAsync<OpenResult>("conversations", new OpenConversation(Guid.NewGuid(), topic))).Page.Conversation.Id;

    public Task<SendResult> SayAsync(ConversationId id, string body, SendKind kind = SendKind.Message) =>
        PostAsync<SendResult>($"conversations/{id}/events", new SendMessage(id, Guid.NewGuid(), body, kind));

    public Task<SendResult> ClaimAsync(ConversationId id) =>
        PostAsync<SendResult>($"conversations/{id}/claim", new ConversationCommand(id, Guid.NewGuid()));
}
