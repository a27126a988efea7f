using System.Reflection;
using System.Text.RegularExpressions;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Charts;

/// <summary>The chart's environment variables against the options of the server: none is misspelt, and none is forgotten without a reason.</summary>
public sealed partial class ConfigurationTests
{
    /// <summary>Not in the ConfigMap, and why.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["Storage:DataFolder"] = "the embedded database only",
        ["Storage:MigrationConnectionString"] = "rendered where postgres.direct is set",
        ["Identity:MasterKey"] = "from the secret",
        ["Identity:PublicOrigins"] = "rendered where it is set",
        ["Identity:PasswordSignIn"] = "rendered where it is false",
        ["Http:AllowedHosts"] = "rendered where it is set",
        ["Http:HstsDays"] = "rendered where it is set",
        ["Http:ManagementAddress"] = "a pod's probes come from its node",
        ["Identity:Oidc:Authority"] = "rendered where it is set",
        ["Identity:Oidc:ClientId"] = "rendered where it is set",
        ["Identity:Oidc:Name"] = "rendered where it is set",
        ["Bus:Redis:Configuration"] = "beside the secret's password",
        ["Bus:Redis:HeartbeatInterval"] = "no reason to change it is known",
        ["Bus:Redis:ProbeInterval"] = "no reason to change it is known",
        ["Bus:Redis:RebuildAfter"] = "no reason to change it is known",
        ["RateLimits:ChangesPerSecond"] = "part of the protocol",
        ["RateLimits:ChangesBurst"] = "part of the protocol",
        ["RateLimits:CallsPerSecond"] = "part of the protocol",
        ["RateLimits:CallsBurst"] = "part of the protocol",
        ["RateLimits:VisitorConnections"] = "part of the protocol",
        ["RateLimits:OperatorConnections"] = "part of the protocol",
        ["RateLimits:CallsAtOnce"] = "part of the protocol",
        ["Outgoing:MaxBytes"] = "no reason to change it is known",
        ["Admission:MaxConnections"] = "of each pool",
        ["Sockets:UnfinishedBytes"] = "no reason to change it is known",
        ["Push:Url"] = "rendered where it is set",
        ["Push:GiveUpAfterHours"] = "rendered where it is set",
        ["Push:Secret"] = "from the secret",
        ["Push:TimeoutSeconds"] = "no reason to change it is known",
        ["Push:FirstPauseMs"] = "no reason to change it is known",
        ["Web:Folder"] = "the image's own",
    };

    private static readonly HashSet<string> Options = new(FindOptions(), StringComparer.Ordinal);

    [Fact]
    public void Every_variable_of_the_chart_is_an_option()
    {
        var text = File.ReadAllText(Path.Combine(Root, "charts/chat/templates/_configuration.tpl"));
        var names = Variable()
            .Matches(text)
            .Select(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))
            .ToArray();

        Assert.True(names.Length > 20);
        Assert.All(names.Where(name => !name.StartsWith("Serilog:", StringComparison.Ordinal)), name => Assert.Contains(name, Options));
    }

    [Fact]
    public void Every_option_is_set_by_the_chart_or_has_a_reason_not_to_be()
    {
        var text = File.ReadAllText(Path.Combine(Root, "charts/rendered/prod-dc1/configmap.yaml"));
        var names = Variable().Matches(text).Select(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal));

        Assert.Equal(
            Options.Order(StringComparer.Ordinal),
            names.Where(Options.Contains).Concat(Elsewhere.Keys).Order(StringComparer.Ordinal)
        );
    }

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Chat.sln")))
                folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    /// <summary>Classes that have a constant Section, and the classes within them.</summary>
    private static IEnumerable<string> FindOptions() =>
        from type in typeof(IEventLog).Assembly.GetTypes()
        let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)
        where section is { IsLiteral: true }
        from name in Names(type, (string)section.GetRawConstantValue()!)
        select name;

    private static IEnumerable<string> Names(Type type, string prefix) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .SelectMany(property =>
                property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)
                    ? Names(property.PropertyType, $"{prefix}:{property.Name}")
                    : [$"{prefix}:{property.Name}"]
            );

    [GeneratedRegex(
        @"^\s*(?<name>[A-Z][A-Za-z]+(__[A-Z][A-Za-z]+)+)(__(\{\{|\d)|:)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Variable();
}
