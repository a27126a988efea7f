using Chat.Server.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Storage;

public sealed class StorageOptionsTests
{
    [Theory]
    [InlineData("postgres", null, "data", "Storage:ConnectionString")]
    [InlineData("sqlite", "Host=db", "data", "Storage:Provider")]
    [InlineData("sqlite", null, " ", "Storage:DataFolder")]
    public void Settings_that_contradict_each_other_are_refused_by_name(string provider, string? connection, string folder, string named)
    {
        using var host = LogStore.Build(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage:Provider"] = provider,
                ["Storage:ConnectionString"] = connection,
                ["Storage:DataFolder"] = folder,
            }
        );

        var refusal = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("Maximum Pool Size=4", true)]
    [InlineData("Maximum Pool Size=3", false)]
    [InlineData("Maximum Pool Size=3;Pooling=false", true)]
    public void A_pool_that_the_lanes_take_all_of_is_refused(string? pool, bool isValid)
    {
        using var host = LogStore.Build(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage:Provider"] = "postgres",
                ["Storage:ConnectionString"] = $"Host=db;{pool}",
            }
        );

        var refusal = Record.Exception(() => host.Services.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.Equal(isValid, refusal is null);
        Assert.Contains(isValid ? "" : "Maximum Pool Size", refusal?.Message ?? "", StringComparison.Ordinal);
    }
}
