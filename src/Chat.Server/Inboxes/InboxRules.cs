using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Messages;

namespace Chat.Server.Inboxes;

/// <summary>What an inbox may be, for commands and REST alike.</summary>
internal static partial class InboxRules
{
    private const int MaxReopenDays = 365;
    private const int MaxOpenConversations = 1_000;

    /// <summary>What is wrong, in a sentence that begins with the name of the field; null: nothing.</summary>
    public static Refusal? FindFault(Inbox inbox)
    {
        if (inbox.Name.Length == 0)
            return Operators.OperatorRules.NameFault;
        if (!KeyForm().IsMatch(inbox.Key))
            return Refusal.Of("key", FieldFault.Malformed, "key must have 1 to 64 letters, digits, '-' or '_'.");
        if (inbox.ReopenDays is < 0 or > MaxReopenDays)
            return Refusal.Of("reopenDays", FieldFault.OutOfRange, $"reopenDays must be 0 to {MaxReopenDays}.");
        if (inbox.OpenConversations is < 1 or > MaxOpenConversations)
            return Refusal.Of("openConversations", FieldFault.OutOfRange, $"openConversations must be 1 to {MaxOpenConversations}.");
        var malformed = inbox.Origins.TakeWhile(origin => origin.Length > 0).Count();
        if (malformed < inbox.Origins.Count)
            return Refusal.Of($"origins[{malformed}]", FieldFault.Malformed, "origin must be scheme://host[:port], without a path.");
        return SetupRules.FindFault(inbox.Setup);
    }

    /// <summary>Origins in the form in which they are compared; empty where one is malformed.</summary>
    public static IReadOnlyList<string> Normalize(IEnumerable<string?> origins) =>
        [
            .. origins
                .Select(origin => (origin is not null && OneLine.IsWellFormed(origin) ? OriginRules.Normalize(origin) : null) ?? "")
                .Distinct(StringComparer.Ordinal),
        ];

    public static string NewKey() => Guid.NewGuid().ToString("n");

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyForm();
}
