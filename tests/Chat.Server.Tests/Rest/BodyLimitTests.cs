using System.Net.Sockets;
using System.Text;

namespace Chat.Server.Tests.Rest;

/// <summary>Whoever sends too much reads so, although there is more to write when it is refused, and goes on with the connection.</summary>
[Collection(RestCollection.Name)]
public sealed class BodyLimitTests(RestNode node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("visitor/session", 40_000, false)]
    [InlineData("visitor/session", 200_000, false)]
    [InlineData("visitor/session", 200_000, true)]
    [InlineData("sync", 200_000, false)]
    [InlineData("sync", 200_000, true)]
    [InlineData("sync", 900_000, false)]
    public async Task A_body_that_is_too_long_is_refused_to_a_caller_who_still_writes(string path, int bytes, bool isChunked)
    {
        var address = node.Node.BaseAddress;
        var head =
            $"POST /api/v1/{path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {(await node.NewVisitorAsync()).Token}\r\n"
            + "Content-Type: application/json\r\n";
        // A record that is whole and right but for its length.
        var body = $$"""{"cursors":[],"more":"{{new string('x', bytes - 24)}}"}""";
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var first = bytes * 2 / 3;

        await WriteAsync(head + (isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n"));
        await WriteAsync(isChunked ? Chunk(body[..first]) : body[..first]);
        var answer = new byte[4096];
        var read = await stream.ReadAsync(answer).AsTask().WaitAsync(Patience);
        await WriteAsync(isChunked ? Chunk(body[first..]) + Chunk("") : body[first..]);
        await WriteAsync($"GET /api/v1/widget/shop HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n\r\n");
        using var rest = new StreamReader(stream, Encoding.UTF8);
        var text = Encoding.UTF8.GetString(answer, 0, read) + await rest.ReadToEndAsync().WaitAsync(Patience);

        Assert.StartsWith("HTTP/1.1 413 ", text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"too_large\"", text, StringComparison.Ordinal);
        Assert.Contains("""[{"field":"body","reason":"too_long"}]""", text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK", text, StringComparison.Ordinal);

        async Task WriteAsync(string part) => await stream.WriteAsync(Encoding.ASCII.GetBytes(part)).AsTask().WaitAsync(Patience);
    }

    private static string Chunk(string part) => $"{part.Length:x}\r\n{part}\r\n";
}
