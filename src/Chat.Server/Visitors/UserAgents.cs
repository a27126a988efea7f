using System.Globalization;

namespace Chat.Server.Visitors;

/// <summary>
/// What a User-Agent header says in a few words, for operators. Browsers name those that they descend from too, so the order decides. What is unknown
/// is not shown: nothing of the header itself is kept.
/// </summary>
internal static class UserAgents
{
    private const int LongestRead = 512;

    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("EdgA/", "Edge"),
        ("EdgiOS/", "Edge"),
        ("OPR/", "Opera"),
        ("YaBrowser/", "Yandex Browser"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    public static (string? Browser, string? Os) Describe(string? header)
    {
        if (header is null || header.Length > LongestRead)
            return (null, null);
        var os = Systems.FirstOrDefault(system => header.Contains(system.Mark, StringComparison.Ordinal)).Name;
        foreach (var (mark, name) in Browsers)
        {
            var at = header.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0 || (name == "Safari" && !header.Contains("Safari/", StringComparison.Ordinal)))
                continue;
            var version = header.AsSpan(at + mark.Length);
            var digits = version.IndexOfAnyExceptInRange('0', '9');
            version = digits < 0 ? version : version[..digits];
            return (version.Length is > 0 and <= 4 ? string.Create(CultureInfo.InvariantCulture, $"{name} {version}") : name, os);
        }
        return (null, os);
    }
}
