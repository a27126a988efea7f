using Chat.Contracts;
using Chat.Server.Messages;

namespace Chat.Server.Operators;

/// <summary>What an operator's account may be, for commands and REST alike.</summary>
internal static class OperatorRules
{
    public static readonly Refusal NameFault = Refusal.Of(
        "name",
        FieldFault.Malformed,
        $"name must have 1 to {Limits.NameLength} characters on one line."
    );

    /// <summary>What is wrong, in a sentence that begins with the name of the field; null: nothing.</summary>
    /// <param name="email">As it came, trimmed.</param>
    /// <param name="name">Of <see cref="TextRules.NameOrEmpty"/>.</param>
    public static Refusal? FindFault(string email, string name)
    {
        if (!IsEmail(email))
            return Refusal.Of("email", FieldFault.Malformed, "email must be an e-mail address.");
        return name.Length == 0 ? NameFault : null;
    }

    /// <summary>It may be one, and may be asked for.</summary>
    public static bool IsEmail(string text) => TextRules.IsEmail(text, OperatorStore.EmailLength);
}
