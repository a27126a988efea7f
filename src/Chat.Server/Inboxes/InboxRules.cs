using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Identity;

namespace Chat.Server.Inboxes;

/// <summary>What an inbox may be, for commands and REST alike.</summary>
internal static partial class InboxRules
{
    private const int MaxReopenDays = 365;

    /// <summary>What is wrong, or null; begins with the name of the field.</summary>
    public static string? FindFault(Inbox inbox)
    {
        if (inbox.Name.Length is 0 or > Limits.NameLength)
            return $"name must have 1 to {Limits.NameLength} characters.";
        if (!KeyForm().IsMatch(inbox.Key))
            return "key must have 1 to 64 letters, digits, '-' or '_'.";
        if (inbox.ReopenDays is < 0 or > MaxReopenDays)
            return $"reopenDays must be 0 to {MaxReopenDays}.";
        if (inbox.Origins.Contains(""))
            return "origin must be scheme://host[:port], without a path.";
        return SetupRules.FindFault(inbox.Setup);
    }

    /// <summary>Origins in the form in which they are compared; empty where one is malformed.</summary>
    public static IReadOnlyList<string> Normalize(IEnumerable<string> origins) =>
        [.. origins.Select(origin => OriginRules.Normalize(origin) ?? "").Distinct(StringComparer.Ordinal)];

    public static string NewKey() => Guid.NewGuid().ToString("n");

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyForm();
}
