using Chat.Server.Tests.Rest;
using Chat.Server.Tests.Wire;
using Chat.Testing.Processes;

namespace Chat.Server.Tests.Hubs;

/// <summary>The contract holds for clients that nobody of us wrote.</summary>
[Collection(HubTests.Name)]
public sealed class StockJavaScriptClientTests(HubScene scene)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_stock_JavaScript_client_asks_and_gets_an_answer()
    {
        var folder = Path.Combine(Frame.Root, "tests", "js");
        await InstallAsync(folder);

        await RunAsync(folder, ["node", "--test", "stock-client.test.mjs"], Environment);
    }

    [Fact]
    public async Task A_client_of_openapi_typescript_sends_and_reads()
    {
        var folder = Path.Combine(Frame.Root, "tests", "js");
        await InstallAsync(folder);

        // Types of the document as it is kept, the client checked against them, and run.
        await RunAsync(
            folder,
            ["npx", "openapi-typescript", OpenApiTests.KeptPath, "--default-non-nullable=false", "-o", "generated/api.d.ts"]
        );
        await RunAsync(folder, ["npx", "tsc", "-p", "."]);
        await RunAsync(folder, ["node", "--test", "generated/typed-client.js"], Environment);
    }

    private Dictionary<string, string?> Environment =>
        new(StringComparer.Ordinal)
        {
            ["CHAT_URL"] = scene.Node.BaseAddress.ToString().TrimEnd('/'),
            ["CHAT_INBOX"] = Seed.ShopKey,
            ["CHAT_OPERATOR_TOKEN"] = scene.Seed.TokenOf(scene.Seed.Olga),
        };

    // Once for each lock file: npm writes its own copy beside the packages when it has finished.
    private static async Task InstallAsync(string folder)
    {
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
            await RunAsync(folder, ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]);
    }

    private static async Task RunAsync(string folder, string[] command, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ChildProcess process;
        try
        {
            process = ChildProcess.Start(command, environment, folder);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"Node 20 or newer with npm is needed on PATH: {command[0]} did not start.", e);
        }
        await using (process)
        {
            var code = await process.Exited.WaitAsync(Patience);
            Assert.True(code == 0, $"{string.Join(' ', command)} exited with {code}:\n{process.Output}");
        }
    }
}
