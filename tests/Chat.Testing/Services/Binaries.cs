using System.Globalization;
using Chat.Testing.Processes;

namespace Chat.Testing.Services;

/// <summary>The third way to a service, and the only one that fault tests use: programs on this machine, run privately.</summary>
public static class Binaries
{
    /// <summary>The newest PostgreSQL of Debian's layout, else what PATH has.</summary>
    public static string? Postgres(string program)
    {
        const string debian = "/usr/lib/postgresql";
        var newest = !Directory.Exists(debian)
            ? null
            : Directory
                .GetDirectories(debian)
                .OrderByDescending(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var version) ? version : 0)
                .Select(d => Path.Combine(d, "bin", program))
                .FirstOrDefault(File.Exists);
        return newest ?? OnPath(program);
    }

    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    /// <summary>A fresh folder that goes when the test process goes.</summary>
    public static string CreateFolder(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        Guardian.OfThisProcess.WatchFolder(folder);
        return folder;
    }

    public static InvalidOperationException NoWay(string service, string variable, string docker, string programs) =>
        new(
            $"{service} is needed and all three ways to it failed: {variable} is not set; {docker}; {programs} not found on this machine "
                + "(`tests/run --install` installs it)."
        );

    public static InvalidOperationException NotInstalled(string programs) =>
        new($"This test breaks a private server and so needs {programs} on this machine (`tests/run --install` installs them).");
}
