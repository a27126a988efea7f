using System.Globalization;
using Chat.Testing.Processes;
using Xunit;

namespace Chat.Client.Tests.Package;

/// <summary>The sample as apps are shipped. Takes minutes: with CHAT_TEST_LONG only.</summary>
public sealed class SampleTests(ITestOutputHelper output)
{
    public static bool IsShort => Environment.GetEnvironmentVariable("CHAT_TEST_LONG") != "1";

    [Theory(Skip = "takes minutes", SkipWhen = nameof(IsShort))]
    [InlineData("PublishTrimmed", "SelfContained")]
    [InlineData("PublishAot", "PublishAot")]
    public async Task Trimmed_and_compiled_ahead_of_time_it_sends_what_is_typed(string way, string with)
    {
        await using var workshop = await Workshop.OpenAsync();
        foreach (var path in (string[])["src/Chat.Contracts", "src/Chat.Client", "tests/Chat.Sample", "tests/Directory.Build.props"])
            workshop.Copy(path);
        foreach (
            var path in (string[])
                ["Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "global.json", "LICENSE"]
        )
            workshop.Copy(path);
        // Warnings of the trimmer are errors as all others are.
        await workshop.DotnetAsync(
            "publish",
            "tests/Chat.Sample",
            "-c",
            "Release",
            "-r",
            "linux-x64",
            $"-p:{way}=true",
            $"-p:{with}=true",
            "-o",
            "out"
        );

        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOME"] = workshop.PathOf("home") };
        Directory.CreateDirectory(workshop.PathOf("home"));
        string[] command = [workshop.PathOf("out", "chat"), "visitor", workshop.Node.BaseAddress.ToString(), "demo"];
        await using var sample = ChildProcess.Start(command, environment, input: "Good morning");
        await sample.WaitForLineAsync("Good morning sent", TimeSpan.FromMinutes(2));

        var size = new DirectoryInfo(workshop.PathOf("out"))
            .EnumerateFiles()
            .Where(file => file.Extension is "" or ".dll" or ".so")
            .Sum(file => file.Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{way}: {size / 1_000_000.0:0.0} MB, {MemoryOf(sample.Id)}"));
    }

    private static string MemoryOf(int process) =>
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
}
