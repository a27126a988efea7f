using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Microsoft.Extensions.Options;

namespace Chat.Server.Devices;

/// <summary>Pushes as signed webhooks (Standard Webhooks: id, timestamp and body under HMAC-SHA256).</summary>
internal sealed class WebhookPush(IOptions<PushOptions> options, TimeProvider time) : IPushProvider, IDisposable
{
    private readonly byte[] _key = options.Value.ReadKey() ?? [];

    // A receiver that redirects would get the signature of another address.
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
    )
    {
        Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
    };

    public async Task<PushAnswer> SendAsync(string id, PushNotice notice, CancellationToken cancellation)
    {
        try
        {
            using var request = Make(id, notice);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.IsSuccessStatusCode)
                return new PushAnswer(PushOutcome.Sent);
            return answer.StatusCode == HttpStatusCode.Gone
                ? new PushAnswer(PushOutcome.Gone)
                : new PushAnswer(PushOutcome.Failed, $"HTTP {(int)answer.StatusCode}", RetryAfter(answer));
        }
        catch (HttpRequestException e)
        {
            return new PushAnswer(PushOutcome.Failed, e.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new PushAnswer(PushOutcome.Failed, "timeout");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What <c>webhook-signature</c> must be.</summary>
    internal static string Sign(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    private HttpRequestMessage Make(string id, PushNotice notice)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notice, ChatJson.Wire.PushNotice);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", Sign(_key, id, timestamp, body));
        return request;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => null,
        };
}
