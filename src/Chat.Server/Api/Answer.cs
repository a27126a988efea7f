using System.Text.Json;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Chat.Server.Api;

/// <summary>
/// A value as JSON, encoded into a pooled buffer before the first byte goes out: for a reader who takes nothing wait the bytes and not the objects, and they
/// count in <see cref="OutgoingBytes"/>. Packed where its reader takes that.
/// </summary>
internal sealed class Answer<T>(T value, int status) : IResult
    where T : notnull
{
    // Dropped once it is encoded.
    private T? _value = value;

    /// <summary>
    /// It has a password or the like, and is never packed: by the length of packed bytes somebody who sees them, and can put words beside the secret, guesses it
    /// (BREACH). Nothing else here is a secret of that kind: callers name themselves by a header that no foreign page can make a browser send.
    /// </summary>
    public bool IsSecret { get; init; }

    /// <summary>It is polled, and has a tag by which it is told unchanged.</summary>
    public bool IsTagged { get; init; }

    /// <summary>Address of what was made.</summary>
    public string? Location { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        using var buffer = new PooledBuffer();
        Encode(buffer, services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
        var response = httpContext.Response;
        response.StatusCode = status;
        if (Location is not null)
            response.Headers.Location = Location;
        var suitsGzip = !IsSecret && Gzip.Suits(httpContext, buffer.Written);
        if (IsTagged && EntityTags.IsHeld(httpContext, buffer.Written.Span))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        using var packed = suitsGzip ? Gzip.TryPack(httpContext, buffer.Written) : null;
        if (packed is not null)
            buffer.Dispose();
        await WriteAsync(httpContext, packed ?? buffer, services.GetRequiredService<OutgoingBytes>());
    }

    private static async Task WriteAsync(HttpContext httpContext, PooledBuffer bytes, OutgoingBytes outgoing)
    {
        using var waiting = outgoing.Open(httpContext.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort);
        waiting.Hold(bytes.Capacity);
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = bytes.Written.Length;
        await response.Body.WriteAsync(bytes.Written, httpContext.RequestAborted);
    }

    private void Encode(PooledBuffer buffer, JsonSerializerOptions options)
    {
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true });
        JsonSerializer.Serialize(writer, _value!, options);
        _value = default;
    }
}
