using System.IO.Compression;
using Chat.Testing.Processes;
using Xunit;

namespace Chat.Client.Tests.Package;

public sealed class PackageTests
{
    // No cache has packages of this version.
    private readonly string _version = $"0.1.0-test{Environment.ProcessId}x{Environment.TickCount64}";

    [Fact]
    public async Task The_package_is_whole_and_the_bot_of_its_readme_is_built_on_it_and_answers()
    {
        await using var workshop = await Workshop.OpenAsync();
        foreach (var project in (string[])["Chat.Contracts", "Chat.Client"])
        {
            var file = Workshop.InRepository("src", project, project + ".csproj");
            await workshop.DotnetAsync(
                "pack",
                file,
                "-c",
                Workshop.Configuration,
                "--no-build",
                $"-p:Version={_version}",
                "-o",
                "packages"
            );
        }

        var (package, symbols) = (Entries(workshop, "nupkg"), Entries(workshop, "snupkg"));
        Assert.Superset(
            new HashSet<string> { "README.md", "LICENSE", "lib/net10.0/Chat.Client.dll", "lib/net10.0/Chat.Client.xml" },
            package.Keys.ToHashSet()
        );
        Assert.Contains("lib/net10.0/Chat.Client.pdb", symbols.Keys);
        Assert.Contains(
            "<license type=\"expression\">Apache-2.0</license>",
            package["GaplessChat.Client.nuspec"],
            StringComparison.Ordinal
        );
        Assert.Contains("<id>GaplessChat.Client</id>", package["GaplessChat.Client.nuspec"], StringComparison.Ordinal);
        Assert.Contains("<dependency id=\"GaplessChat.Contracts\"", package["GaplessChat.Client.nuspec"], StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", package["GaplessChat.Client.nuspec"], StringComparison.Ordinal);

        var bot = BotOf(package["README.md"]);
        await BuildAsync(workshop, bot);
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CHAT_URL"] = workshop.Node.BaseAddress.ToString(),
            ["BOT_EMAIL"] = "admin@localhost",
            ["BOT_PASSWORD"] = workshop.Password,
        };
        await using var running = ChildProcess.Start(["dotnet", workshop.PathOf("bot", "bot.dll")], environment);
        await using var visitor = new ChatClient(new ChatClientOptions { Url = workshop.Node.BaseAddress, Inbox = "demo" });
        await visitor.StartAsync();
        await visitor.OpenAsync(new OpenOptions { Body = "Where is my parcel?" });
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (var e in visitor.EventsAsync(patience.Token))
        {
            if (e.Data?.Body?.StartsWith("Parcels arrive within three days.", StringComparison.Ordinal) == true)
                return;
        }
    }

    // A program of one file; its first line says on which package it is built.
    private async Task BuildAsync(Workshop workshop, string bot)
    {
        var sources =
            $"<configuration><packageSources><add key=\"here\" value=\"{workshop.PathOf("packages")}\" /></packageSources></configuration>";
        await File.WriteAllTextAsync(workshop.PathOf("NuGet.config"), sources);
        await File.WriteAllTextAsync(
            workshop.PathOf("bot.cs"),
            $"#:package GaplessChat.Client@{_version}\n#:property TreatWarningsAsErrors=true\n{bot}"
        );
        await workshop.DotnetAsync("build", "bot.cs", "-o", "bot");
        foreach (var cached in Directory.EnumerateDirectories(Cache(), "gaplesschat.c*").Select(folder => Path.Combine(folder, _version)))
        {
            if (Directory.Exists(cached))
                Directory.Delete(cached, recursive: true);
        }
    }

    private static string BotOf(string readme) => readme.Split("## A bot\n")[1].Split("```csharp\n")[1].Split("\n```")[0];

    private static string Cache() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private Dictionary<string, string> Entries(Workshop workshop, string extension)
    {
        using var archive = ZipFile.OpenRead(workshop.PathOf("packages", $"GaplessChat.Client.{_version}.{extension}"));
        return archive.Entries.ToDictionary(entry => entry.FullName, Text);
    }

    private static string Text(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd();
    }
}
