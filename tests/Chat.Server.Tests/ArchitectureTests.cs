using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Storage;
using Microsoft.Extensions.Hosting;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Architecture = ArchUnitNET.Domain.Architecture;

namespace Chat.Server.Tests;

public sealed partial class ArchitectureTests
{
    private static readonly Assembly Server = typeof(IEventLog).Assembly;
    private static readonly Assembly Contracts = typeof(ChatEvent).Assembly;
    private static readonly Architecture Loaded = new ArchLoader().LoadAssemblies(Server, Contracts).Build();
    private static readonly string Root = FindRoot();

    [Fact]
    public void Contracts_know_nothing_but_the_framework()
    {
        var referenced = Contracts.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.All(referenced, name => Assert.StartsWith("System", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_storage_folder_knows_its_databases()
    {
        foreach (var database in new[] { "Postgres", "Sqlite" })
            Types()
                .That()
                .ResideInNamespaceMatching(@"^Chat\.Server\.(?!Storage)")
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespace($"Chat.Server.Storage.{database}")
                .Check(Loaded);
    }

    [Fact]
    public void Storage_knows_nothing_of_sockets()
    {
        foreach (var above in new[] { "Hubs", "Delivery", "Presence", "Repair", "Draining" })
            Types()
                .That()
                .ResideInNamespaceMatching(@"^Chat\.Server\.Storage")
                .Should()
                .NotDependOnAnyTypesThat()
                .ResideInNamespace($"Chat.Server.{above}")
                .Check(Loaded);
    }

    [Fact]
    public void Changes_are_pure_and_know_no_store()
    {
        Types()
            .That()
            .ResideInNamespace("Chat.Server.Conversations.Changes")
            .Should()
            .NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^Chat\.Server\.(Delivery|Hubs|Bus|Storage\.)")
            .Check(Loaded);
    }

    [Fact]
    public void Every_background_service_is_a_loop_that_survives_its_failures()
    {
        var services = Server.GetTypes().Where(type => type.IsSubclassOf(typeof(BackgroundService)) && !type.IsAbstract).ToArray();

        Assert.True(services.Length > 10);
        Assert.All(services, service => Assert.True(service.IsSubclassOf(typeof(BackgroundLoop)), service.Name));
    }

    [Fact]
    public void Program_only_lists_the_features()
    {
        Assert.InRange(File.ReadAllLines(Path.Combine(Root, "src/Chat.Server/Program.cs")).Length, 1, 80);
    }

    [Fact]
    public void No_source_file_has_more_than_three_hundred_lines()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories).Where(IsOurs);

        Assert.All(files, file => Assert.True(File.ReadAllLines(file).Length <= 300, file));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/Chat.Server/README.md")]
    [InlineData("src/Chat.Contracts/IDENTITY.md")]
    [InlineData("src/Chat.Contracts/PROTOCOL.md")]
    [InlineData("tests/README.md")]
    public void Every_link_of_a_document_leads_somewhere(string document)
    {
        var path = Path.Combine(Root, document);
        var targets = Link().Matches(File.ReadAllText(path)).Select(match => match.Groups["target"].Value);

        Assert.All(
            targets.Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')),
            target => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target.Split('#')[0])), $"{document}: {target}")
        );
    }

    private static bool IsOurs(string file) =>
        !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        && !file.Contains("node_modules", StringComparison.Ordinal);

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Chat.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
