using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Web;

/// <summary>One file of the screens, in memory, with its compressed twin where the build made one.</summary>
internal sealed class WebFile
{
    private const string Forever = "public, max-age=31536000, immutable";

    private readonly string _contentType;
    private readonly string _etag;

    public WebFile(byte[] content, byte[]? brotli, string contentType)
    {
        (Content, Brotli, _contentType) = (content, brotli, contentType);
        _etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";
    }

    public byte[] Content { get; }

    public byte[]? Brotli { get; }

    /// <summary>The file, or 304 to who has it. A document or the loader is asked for each time; what has a hash in its name never changes.</summary>
    public Task SendAsync(HttpContext context, bool isHashed)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        response.Headers.CacheControl = isHashed ? Forever : "no-cache";
        response.Headers.ETag = _etag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (request.Headers.IfNoneMatch.ToString().Contains(_etag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        var compressed = Brotli is not null && TakesBrotli(request);
        if (compressed)
            response.Headers.ContentEncoding = "br";
        var body = compressed ? Brotli! : Content;
        response.ContentType = _contentType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool TakesBrotli(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "br" && encoding.Quality is not 0);
}
