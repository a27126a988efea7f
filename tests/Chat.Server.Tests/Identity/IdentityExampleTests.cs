using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Tests.Testing;
using Chat.Server.Tests.Wire;
using Chat.Testing.Processes;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

/// <summary>The examples of IDENTITY.md make tokens that the server takes, and all name the same visitor.</summary>
public sealed partial class IdentityExampleTests : IdentityTest
{
    private const string Kid = "2026-11";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-examples-");

    [Fact]
    public async Task Tokens_of_the_examples_are_taken()
    {
        var inbox = await Server.AddInboxAsync();
        // Text that is base64, of which nothing is decoded.
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var key = new InboxKey(inbox.Id, Kid, SecurityAlgorithms.HmacSha256, Encoding.UTF8.GetBytes(secret));
        await Server.Get<KeyStore>().AddInboxKeyAsync(key, default);
        await Server.Get<InboxDirectory>().RefreshAsync(default);

        var visitors = new HashSet<VisitorId>();
        foreach (var command in await CommandsAsync())
        {
            var token = await TokenAsync(command, inbox.Key, secret);
            // The examples take the machine's time.
            Server.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
            visitors.Add((await Server.VisitAsync(inbox, identity: token)).VisitorId);
        }

        Assert.Single(visitors);
    }

    [Fact]
    public void There_is_an_example_for_each_language() => Assert.Equal(["csharp", "js", "php", "python"], Examples().Keys.Order());

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();

    /// <summary>Of the languages that every machine of ours has; PHP where it is.</summary>
    private async Task<IReadOnlyList<string[]>> CommandsAsync()
    {
        var examples = Examples();
        List<string[]> commands =
        [
            ["dotnet", await Compiler.ProgramAsync(_folder.FullName, examples["csharp"])],
            ["node", Write("token.mjs", examples["js"])],
            ["python3", Write("token.py", examples["python"])],
        ];
        if (File.Exists("/usr/bin/php"))
            commands.Add(["php", Write("token.php", examples["php"])]);
        return commands;
    }

    private static async Task<string> TokenAsync(string[] command, string inbox, string secret)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CHAT_INBOX"] = inbox,
            ["CHAT_KID"] = Kid,
            ["CHAT_SECRET"] = secret,
        };
        await using var process = ChildProcess.Start(command, environment);
        Assert.True(await process.Exited.WaitAsync(Patience) == 0, $"{command[0]}: {process.Output}");
        return process.Output.Trim();
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static Dictionary<string, string> Examples() =>
        Example()
            .Matches(File.ReadAllText(Path.Combine(Frame.Root, "src", "Chat.Contracts", "IDENTITY.md")))
            .ToDictionary(match => match.Groups["language"].Value, match => match.Groups["code"].Value, StringComparer.Ordinal);

    [GeneratedRegex(
        @"^```(?<language>\w+)\n(?<code>.*?)^```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex Example();
}
