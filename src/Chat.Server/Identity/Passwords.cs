using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Chat.Server.Identity;

/// <summary>Rules and hashes of operators' passwords, with the framework's hasher (PBKDF2, a salt each, its parameters in the hash).</summary>
internal sealed class Passwords
{
    public const int MinLength = 12;

    // Long enough for any pass phrase; the hash's work grows with the length.
    private const int MaxLength = 256;

    // No look-alikes: a generated password is read off a terminal.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    private static readonly object NoUser = new();

    private readonly PasswordHasher<object> _hasher = new();
    private readonly string _nobodysHash;

    public Passwords() => _nobodysHash = Hash(Generate());

    public string Hash(string password) => _hasher.HashPassword(NoUser, password);

    /// <summary>Does the same work when there is no hash, so that the time of an answer does not tell which accounts exist.</summary>
    public bool Verify(string? hash, string password)
    {
        if (password.Length > MaxLength)
            return false;
        var result = _hasher.VerifyHashedPassword(NoUser, hash ?? _nobodysHash, password);
        return hash is not null && result != PasswordVerificationResult.Failed;
    }

    /// <summary>What is wrong with a new password, or null. Length beats composition rules, which make people write passwords down.</summary>
    public static string? FindFault(string password, string email, string? old)
    {
        if (password.Length < MinLength)
            return $"The new password must have at least {MinLength} characters.";
        if (password.Length > MaxLength)
            return $"The new password must have at most {MaxLength} characters.";
        if (password == old)
            return "The new password must differ from the old one.";
        if (password.Equals(email, StringComparison.OrdinalIgnoreCase) || password.Distinct().Count() < 5)
            return "The new password is too easy to guess.";
        return null;
    }

    /// <summary>Some 99 bits.</summary>
    public static string Generate() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 5)));
}
