using System.Buffers;
using System.Globalization;
using System.Text;

namespace Chat.Server.Messages.Masking;

/// <summary>Decimal digits (Nd) of every script, also those that take two UTF-16 units.</summary>
internal static class ScriptDigits
{
    // Digits, and first halves of surrogate pairs some of which are digits.
    private static readonly SearchValues<char> Beginnings = SearchValues.Create(FindBeginnings());

    /// <summary>Where a digit may begin; -1: nowhere.</summary>
    public static int IndexOf(ReadOnlySpan<char> text) => text.IndexOfAny(Beginnings);

    /// <summary>0 to 9, or -1 for anything else.</summary>
    /// <param name="text">A text.</param>
    /// <param name="at">A place in it, or behind its end.</param>
    /// <param name="units">How many UTF-16 units the character there takes.</param>
    public static int ValueAt(ReadOnlySpan<char> text, int at, out int units)
    {
        units = 1;
        if (at >= text.Length)
            return -1;
        var c = text[at];
        if (char.IsAscii(c))
            return char.IsAsciiDigit(c) ? c - '0' : -1;
        if (!char.IsHighSurrogate(c))
            return CharUnicodeInfo.GetDecimalDigitValue(c);
        if (at + 1 == text.Length || !Rune.TryCreate(c, text[at + 1], out var rune))
            return -1;
        units = 2;
        return Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber ? (int)Rune.GetNumericValue(rune) : -1;
    }

    public static bool IsAt(ReadOnlySpan<char> text, int at) => ValueAt(text, at, out _) >= 0;

    private static char[] FindBeginnings()
    {
        var found = new SortedSet<char>();
        for (var point = 0; point <= 0x1FFFF; point++)
        {
            if (!Rune.IsValid(point) || Rune.GetUnicodeCategory(new Rune(point)) != UnicodeCategory.DecimalDigitNumber)
                continue;
            found.Add(new Rune(point).ToString()[0]);
        }
        return [.. found];
    }
}
