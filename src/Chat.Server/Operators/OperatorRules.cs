using Chat.Contracts;
using Chat.Server.Messages;

namespace Chat.Server.Operators;

/// <summary>What an operator's account may be, for commands and REST alike.</summary>
internal static class OperatorRules
{
    /// <summary>What is wrong, or null; begins with the name of the field.</summary>
    public static string? FindFault(string email, string name)
    {
        if (!IsEmail(email))
            return "email must be an e-mail address.";
        return name.Length is 0 or > Limits.NameLength ? $"name must have 1 to {Limits.NameLength} characters." : null;
    }

    /// <summary>It may be one, and may be asked for.</summary>
    public static bool IsEmail(string text) =>
        text.Contains('@', StringComparison.Ordinal) && TextRules.IsText(text, OperatorStore.EmailLength, lines: false);
}
