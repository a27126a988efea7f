using System.Collections.Frozen;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Options;

namespace Chat.Server.Web;

/// <summary>The built screens, read once: less than a megabyte, which never changes while the process runs.</summary>
internal sealed class WebFiles
{
    private const string Compressed = ".br";

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

    /// <param name="path">Relative, with '/'.</param>
    public WebFile? Find(string path) => _files.GetValueOrDefault(path);

    private static FrozenDictionary<string, WebFile> Read(string folder)
    {
        var types = new FileExtensionContentTypeProvider();
        return Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(Compressed, StringComparison.Ordinal) && types.TryGetContentType(file, out _))
            .ToFrozenDictionary(
                file => Path.GetRelativePath(folder, file).Replace('\\', '/'),
                file => new WebFile(File.ReadAllBytes(file), Twin(file), TypeOf(types, file)),
                StringComparer.Ordinal
            );
    }

    private static byte[]? Twin(string file) => File.Exists(file + Compressed) ? File.ReadAllBytes(file + Compressed) : null;

    private static string TypeOf(FileExtensionContentTypeProvider types, string file)
    {
        types.TryGetContentType(file, out var type);
        return type!.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;
    }
}
