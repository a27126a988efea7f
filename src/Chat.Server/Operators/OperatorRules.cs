using Chat.Contracts;

namespace Chat.Server.Operators;

/// <summary>What an operator's account may be, for commands and REST alike.</summary>
internal static class OperatorRules
{
    /// <summary>What is wrong, or null; begins with the name of the field.</summary>
    public static string? FindFault(string email, string name)
    {
        if (!email.Contains('@', StringComparison.Ordinal) || email.Length > OperatorStore.EmailLength)
            return "email must be an e-mail address.";
        return name.Length is 0 or > Limits.NameLength ? $"name must have 1 to {Limits.NameLength} characters." : null;
    }
}
