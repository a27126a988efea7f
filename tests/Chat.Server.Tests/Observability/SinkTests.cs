using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Observability;

public sealed class SinkTests
{
    [Fact]
    public async Task A_sink_named_with_its_assembly_in_the_environment_gets_the_log_too()
    {
        var folder = Directory.CreateTempSubdirectory("chat-sinks-");
        await using var node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = folder.FullName,
                ["Serilog__Using__0"] = "Serilog.Sinks.Async",
                ["Serilog__WriteTo__0__Name"] = "Async",
                ["Serilog__WriteTo__0__Args__configure__0__Name"] = "Console",
                ["Serilog__WriteTo__0__Args__configure__0__Args__outputTemplate"] = "again: {Message:lj}{NewLine}",
            }
        );

        node.Terminate();
        await node.WaitForExitAsync();

        Assert.Contains("again: Ready after", node.Output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }
}
