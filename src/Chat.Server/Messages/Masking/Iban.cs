namespace Chat.Server.Messages.Masking;

/// <summary>International account numbers are written in groups of four like cards; their own check tells them apart.</summary>
internal static class Iban
{
    private const int MinLength = 15;
    private const int MaxLength = 34;
    private const int MaxWritten = 44;

    /// <summary>Whether a valid account number begins before <paramref name="start"/> and goes on to <paramref name="end"/> or farther.</summary>
    public static bool Covers(ReadOnlySpan<char> text, int start, int end)
    {
        for (var at = start - 2; at >= Math.Max(0, start - MaxWritten); at--)
        {
            if (!IsPart(text[at]))
                return false;
            var begins = at == 0 || !char.IsLetterOrDigit(text[at - 1]);
            if (begins && BeginsLikeOne(text[at..]) && IsValid(text[at..], end - at))
                return true;
        }
        return false;
    }

    private static bool BeginsLikeOne(ReadOnlySpan<char> text) =>
        text.Length >= MinLength
        && char.IsAsciiLetter(text[0])
        && char.IsAsciiLetter(text[1])
        && char.IsAsciiDigit(text[2])
        && char.IsAsciiDigit(text[3]);

    /// <summary>The check: country and check digits moved to the end, letters as 10 to 35, all as one number modulo 97 must be 1.</summary>
    private static bool IsValid(ReadOnlySpan<char> text, int covered)
    {
        Span<char> compact = stackalloc char[MaxLength];
        var length = 0;
        for (var at = 0; at < text.Length && IsPart(text[at]); at++)
        {
            if (!char.IsAsciiLetterOrDigit(text[at]))
                continue;
            if (length == MaxLength)
                break;
            compact[length++] = char.ToUpperInvariant(text[at]);
            if (length >= MinLength && at + 1 >= covered && Modulo97(compact[4..length], compact[..4]) == 1)
                return true;
        }
        return false;
    }

    private static int Modulo97(ReadOnlySpan<char> account, ReadOnlySpan<char> head)
    {
        var remainder = 0;
        foreach (var c in account)
            remainder = Add(remainder, c);
        foreach (var c in head)
            remainder = Add(remainder, c);
        return remainder;
    }

    private static int Add(int remainder, char c) =>
        char.IsAsciiDigit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '.' or '\u00A0' or '\u202F';
}
