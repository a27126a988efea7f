using Chat.Server.Storage;
using Chat.Server.Web;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>What a person who has just started the embedded default needs to know: where to go and, once, the password.</summary>
internal sealed class Banner(
    NodeState state,
    StartupSteps steps,
    IServiceProvider services,
    WebFiles web,
    IOptions<HttpOptions> http,
    IOptions<StorageOptions> storage,
    ILogger<Banner> logger
) : BackgroundLoop(TimeProvider.System, logger)
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await state.Started.WaitAsync(stoppingToken);
        if (storage.Value.Provider != StorageProvider.Sqlite || Console.IsOutputRedirected && steps.Demo is null)
            return;
        var root = $"http://localhost:{http.Value.Port}";
        List<string> lines =
        [
            "",
            "  Chat is ready.",
            "",
            .. Screens(root),
            $"    API          {root}/api/v1",
            $"    OpenAPI      {root}/openapi/v1.json",
            $"    Health       http://localhost:{http.Value.ManagementPort}/readyz",
            $"    Data         {Path.GetFullPath(storage.Value.DataFolder)}",
        ];
        if (steps.Demo is { } demo)
            lines.AddRange([
                "",
                $"    Inbox key    {demo.InboxKey}",
                $"    Operator     {demo.Email}",
                $"    Password     {demo.Password}   (shown this once)",
            ]);
        lines.Add("");
        // To stderr where stdout is for machines.
        var writer = Console.IsOutputRedirected ? Console.Error : Console.Out;
        await writer.WriteLineAsync(string.Join(Environment.NewLine, lines).AsMemory(), stoppingToken);
    }

    private IEnumerable<string> Screens(string root)
    {
        if (!web.AreBuilt)
            return [$"    {WebFeature.NotBuilt}", ""];
        var console = $"    Console      {root}/console";
        return WebFeature.IsDemo(services) ? [$"    Demo page    {root}/", console] : [console];
    }
}
