using System.IO.Compression;
using System.Text;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Web;

/// <summary>The embedded default with a folder of screens that the test has written.</summary>
public sealed class WebNode : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-web-");

    public const string Script = "console.log('hello, hello, hello')";

    internal ChatNode Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var web = _folder.CreateSubdirectory("web").FullName;
        foreach (var page in new[] { "widget.html", "console.html", "demo.html" })
            Write(web, page, $"<!doctype html><title>{page}</title>");
        Write(web, "widget.js", Script);
        Write(web, "assets/console/main-1a2b.js", Script);
        Write(web, ".built", "");
        Node = await StartAsync(web);
    }

    /// <param name="web">Folder of the screens.</param>
    /// <param name="data">Name of the data folder, where it is to be used again.</param>
    internal Task<ChatNode> StartAsync(string web, string? data = null) =>
        ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = _folder.CreateSubdirectory(data ?? Guid.NewGuid().ToString()).FullName,
                ["Web__Folder"] = web,
            }
        );

    /// <summary>Folder of screens that has one script with this hash in its name.</summary>
    internal string Screens(string hash)
    {
        var web = _folder.CreateSubdirectory($"web-{hash}").FullName;
        Write(web, $"assets/console/main-{hash}.js", Script);
        Write(web, ".built", "");
        return web;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static void Write(string folder, string path, string text)
    {
        var file = new FileInfo(Path.Combine(folder, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
        using var twin = new BrotliStream(File.Create(file.FullName + ".br"), CompressionLevel.Fastest);
        twin.Write(Encoding.UTF8.GetBytes(text));
    }
}
