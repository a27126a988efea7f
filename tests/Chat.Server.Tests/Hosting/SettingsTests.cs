using System.Reflection;
using Chat.Server.Api;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Devices;
using Chat.Server.Draining;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Networks;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Chat.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Hosting;

/// <summary>No class of options is forgotten: whatever of it cannot be read is refused before the server starts.</summary>
public sealed class SettingsTests
{
    public static TheoryData<string> Unreadable =>
        [
            .. from type in typeof(IEventLog).Assembly.GetTypes()
            let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)
            where section is { IsLiteral: true }
            from name in Names(type, (string)section.GetRawConstantValue()!)
            select name,
        ];

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void A_value_that_cannot_be_read_is_refused_by_its_name(string setting)
    {
        var refusal = Assert.ThrowsAny<Exception>(() => Validate(setting, "%"));

        Assert.Contains(setting, StartFault.Describe(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_does_not_exist_is_refused_in_every_section()
    {
        var sections = Unreadable.Select(row => row.Data[..row.Data.IndexOf(':', StringComparison.Ordinal)]).Append("Web").Distinct();

        foreach (var section in sections)
        {
            var refusal = Assert.ThrowsAny<Exception>(() => Validate($"{section}:Misspelt", "x"));
            Assert.Contains($"section {section}: 'Misspelt'", StartFault.Describe(refusal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Storage:Provider", "sqlite, postgres")]
    [InlineData("Bus:Provider", "inProcess, redis")]
    public void Of_a_setting_that_takes_a_few_words_the_refusal_says_which(string setting, string words)
    {
        var refusal = Assert.ThrowsAny<Exception>(() => Validate(setting, "postgress"));

        Assert.Contains($"'postgress' at '{setting}'", StartFault.Describe(refusal), StringComparison.Ordinal);
        Assert.Contains($"one of: {words}.", StartFault.Describe(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_valid() => Validate("Storage:Provider", "sqlite");

    private static void Validate(string setting, string value)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new KeyValuePair<string, string?>(setting, value)]);
        builder.AddTelemetry();
        builder.AddHttp();
        builder.AddStorage();
        builder.AddBus();
        builder.AddIdentity();
        builder.AddMessages();
        builder.AddDelivery();
        builder.AddDevices();
        builder.AddNetworks();
        builder.AddHubs();
        builder.AddApi();
        builder.AddWeb();
        builder.AddDraining();
        using var services = builder.Services.BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
    }

    /// <summary>Every text is a text; all else can be written wrongly.</summary>
    private static IEnumerable<string> Names(Type type, string prefix) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.PropertyType != typeof(string) && property.PropertyType != typeof(string[]))
            .SelectMany(property =>
                property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)
                    ? Names(property.PropertyType, $"{prefix}:{property.Name}")
                    : [$"{prefix}:{property.Name}"]
            );
}
