using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Hosting;

/// <summary>Headers as browsers and proxies of all ages write them.</summary>
public sealed class HeaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-headers-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("User-Agent: Café/1.0 Firefox/141.0")]
    [InlineData("Referer: https://shop.example/café")]
    [InlineData("Accept-Language: français")]
    public async Task A_header_in_Latin_1_is_no_reason_to_refuse_a_visitor(string header)
    {
        await using var node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage__DataFolder"] = Path.Combine(_folder.FullName, "data") }
        );
        var body = JsonSerializer.Serialize(new VisitorSessionRequest("demo", Guid.NewGuid()), ChatJson.Wire.Options);
        var request =
            $"POST /api/v1/visitor/session HTTP/1.1\r\nHost: {node.BaseAddress.Authority}\r\n{header}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(node.BaseAddress.Host, node.BaseAddress.Port);
        await tcp.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new StreamReader(tcp.GetStream());

        Assert.Equal("HTTP/1.1 200 OK", await answer.ReadLineAsync());
    }
}
