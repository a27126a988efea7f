using Chat.Server.Bus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Bus;

public sealed class BusFeatureTests
{
    [Fact]
    public async Task Without_configuration_the_bus_is_in_process()
    {
        using var host = Build([]);

        await host.StartAsync();

        Assert.IsType<InProcessBus>(host.Services.GetRequiredService<IEventBus>());
        Assert.IsType<LocalPresence>(host.Services.GetRequiredService<IPresence>());
    }

    [Fact]
    public async Task Redis_is_used_when_it_is_asked_for()
    {
        using var host = Build(new() { ["Bus:Provider"] = "redis", ["Bus:Redis:Configuration"] = "127.0.0.1:1" });

        await host.StartAsync();

        Assert.IsType<RedisBus>(host.Services.GetRequiredService<IEventBus>());
        Assert.IsType<RedisPresence>(host.Services.GetRequiredService<IPresence>());
    }

    [Theory]
    [InlineData("Bus:Redis:Configuration", "")]
    [InlineData("Bus:Redis:Configuration", "host,nonsense=1")]
    [InlineData("Bus:Redis:ChannelPrefix", "")]
    [InlineData("Bus:Redis:ChannelPrefix", "a:b")]
    [InlineData("Bus:Redis:ChannelPrefix", "chat\n")]
    [InlineData("Bus:Redis:HeartbeatInterval", "00:00:00")]
    [InlineData("Bus:Redis:HeartbeatInterval", "00:00:11")]
    [InlineData("Bus:Redis:ProbeInterval", "00:00:01.5")]
    [InlineData("Bus:Redis:RebuildAfter", "00:00:01")]
    [InlineData("Bus:Provider", "7")]
    public async Task A_setting_that_cannot_work_stops_the_start_and_is_named(string key, string value)
    {
        using var host = Build(
            new()
            {
                ["Bus:Provider"] = "redis",
                ["Bus:Redis:Configuration"] = "redis:6379",
                [key] = value,
            }
        );

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging();
        builder.AddBus();
        return builder.Build();
    }
}
