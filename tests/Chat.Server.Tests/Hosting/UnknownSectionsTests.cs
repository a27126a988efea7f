using Chat.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Chat.Server.Tests.Hosting;

public sealed class UnknownSectionsTests
{
    [Theory]
    [InlineData("Admision:MaxConnections", "Admision")]
    [InlineData("admission:MaxConnections", null)]
    [InlineData("Serilog:MinimumLevel:Default", null)]
    [InlineData("PATH", null)]
    public async Task A_section_that_nothing_reads_is_named_once(string setting, string? named)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new KeyValuePair<string, string?>(setting, "secret")])
            .Build();
        var logger = new Lines<UnknownSections>();

        await new UnknownSections(configuration, [new SettingsSection("Admission")], logger).StartAsync(CancellationToken.None);

        Assert.Equal(named is null ? 0 : 1, logger.Messages.Count);
        Assert.All(logger.Messages, line => Assert.Contains($"reads: {named}. The sections are Admission", line, StringComparison.Ordinal));
        Assert.All(logger.Messages, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    }
}
