using Chat.Testing.Processes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>
/// Runs the explicit tests of a class once more, in a process of their own that is alone on the loopback of a network namespace: its rules, its ports
/// and its files below /etc touch nobody else.
/// </summary>
internal static class OwnNetwork
{
    private const string Variable = "CHAT_TEST_OWN_NETWORK";

    private const string Script =
        "ip link set lo up && for file in $FILES; do mount --bind \"$FOLDER/$file\" \"/etc/$file\" || exit; done && exec \"$@\"";

    /// <summary>Whether this process is such a one.</summary>
    public static bool IsHere => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <param name="tests">Their class.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="files">What files of /etc say there.</param>
    public static async Task RunAsync(Type tests, int count, params (string Name, string Text)[] files)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root makes network namespaces.");
        var folder = Binaries.CreateFolder("chat-etc-");
        foreach (var (name, text) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        string[] command = [Environment.ProcessPath!, "-noLogo", "-noColor", "-explicit", "only", "-class", tests.FullName!];
        await using var run = ChildProcess.Start(
            ["unshare", "--net", "--mount", "sh", "-c", Script, "sh", .. command],
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                [Variable] = "1",
                ["FOLDER"] = folder,
                ["FILES"] = string.Join(' ', files.Select(file => file.Name)),
            }
        );

        var code = await run.Exited.WaitAsync(TimeSpan.FromMinutes(8));

        Assert.True(code == 0, run.Output);
        Assert.Contains($"Total: {count}", run.Output, StringComparison.Ordinal);
    }
}
