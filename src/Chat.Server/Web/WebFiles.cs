using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Options;

namespace Chat.Server.Web;

/// <summary>The built screens, read once: less than a megabyte, which never changes while the process runs.</summary>
internal sealed class WebFiles
{
    private const string Compressed = ".br";

    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly FrozenDictionary<string, WebFile> _files;

    public WebFiles(IOptions<WebOptions> options)
    {
        var folder = options.Value.Folder is { Length: > 0 } configured ? configured : Path.Combine(AppContext.BaseDirectory, "web");
        // Written last by the build: without it, what lies there is half of something.
        AreBuilt = File.Exists(Path.Combine(folder, ".built"));
        _files = AreBuilt ? Read(folder) : FrozenDictionary<string, WebFile>.Empty;
    }

    /// <summary>Whether there is anything to serve. The API does without.</summary>
    public bool AreBuilt { get; }

    /// <summary>Those that a hash in their names tells from all others, whatever version.</summary>
    public IEnumerable<(string Path, WebFile File)> Assets =>
        _files.Where(file => file.Key.StartsWith("assets/", StringComparison.Ordinal)).Select(file => (file.Key, file.Value));

    /// <param name="path">Relative, with '/'.</param>
    public WebFile? Find(string path) => _files.GetValueOrDefault(path);

    /// <summary>By its extension; null for none that is served.</summary>
    public static string? TypeOf(string file) =>
        !Types.TryGetContentType(file, out var type) ? null
        : type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8"
        : type;

    private static FrozenDictionary<string, WebFile> Read(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(Compressed, StringComparison.Ordinal) && TypeOf(file) is not null)
            .ToFrozenDictionary(
                file => Path.GetRelativePath(folder, file).Replace('\\', '/'),
                file => new WebFile(File.ReadAllBytes(file), Twin(file), TypeOf(file)!),
                StringComparer.Ordinal
            );

    private static byte[]? Twin(string file) => File.Exists(file + Compressed) ? File.ReadAllBytes(file + Compressed) : null;
}
