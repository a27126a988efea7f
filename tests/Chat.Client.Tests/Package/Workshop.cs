using Chat.Testing.Nodes;
using Chat.Testing.Processes;

namespace Chat.Client.Tests.Package;

/// <summary>A folder to build things in, and the embedded server to try them on.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private static readonly string Root = FindRoot(AppContext.BaseDirectory);

    private readonly string _folder;

    private Workshop(string folder, ChatNode node) => (_folder, Node) = (folder, node);

    /// <summary>What the tests were built as, and with them all that they are about.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;

    public ChatNode Node { get; }

    /// <summary>What the server has printed once.</summary>
    public string Password => Node.Output.Split("Password")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];

    public static async Task<Workshop> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("chat-package-").FullName;
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage__DataFolder"] = Path.Combine(folder, "data") };
        return new Workshop(folder, await ChatNode.StartAsync(settings));
    }

    public string PathOf(params string[] parts) => Path.Combine([_folder, .. parts]);

    public static string InRepository(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Runs a command of the .NET SDK, which takes long where others build too.</summary>
    public Task DotnetAsync(params string[] arguments) =>
        ChildProcess.RunAsync(["dotnet", .. arguments], _folder, within: TimeSpan.FromMinutes(15));

    /// <summary>Copies a folder or file of the repository, without what was built of it and without lock files, which other runtimes would change.</summary>
    public void Copy(string path)
    {
        var from = InRepository(path);
        var files = Directory.Exists(from) ? Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories) : [from];
        foreach (var file in files.Where(IsSource))
        {
            var to = PathOf(Path.GetRelativePath(Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsSource(string file) =>
        Path.GetFileName(file) != "packages.lock.json" && !file.Split('/').Any(part => part is "bin" or "obj");

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Chat.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
