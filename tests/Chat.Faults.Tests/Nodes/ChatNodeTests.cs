using Chat.Testing.Nodes;

namespace Chat.Faults.Tests.Nodes;

public sealed class ChatNodeTests
{
    [Fact]
    public async Task A_node_that_ends_before_it_is_ready_fails_the_start_with_its_last_lines()
    {
        // The runtime ends before it reaches the server's own code.
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["DOTNET_STARTUP_HOOKS"] = "/no/such/hook.dll" };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ChatNode.StartAsync(settings));

        Assert.Contains("exited with", failure.Message, StringComparison.Ordinal);
        Assert.Contains("/no/such/hook.dll", failure.Message, StringComparison.Ordinal);
    }
}
