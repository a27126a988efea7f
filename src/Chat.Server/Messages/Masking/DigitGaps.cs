using System.Globalization;
using System.Text;

namespace Chat.Server.Messages.Masking;

/// <summary>
/// What people and web pages put between the groups of one number: blanks and line breaks, dashes, dots, commas, slashes and other marks, escapes of
/// these in addresses (<c>%20</c>, <c>%2520</c>), and characters that show nothing. The latter stand anywhere, as many as there are.
/// </summary>
internal static class DigitGaps
{
    private const int MaxBlanks = 8;
    private const int MaxMarks = 3;

    /// <summary>The next digit when only a gap is between it and <paramref name="at"/>, else -1.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="at">Where the gap begins.</param>
    /// <param name="look">Gaps that look alike have the same; 0: it shows nothing.</param>
    public static int Skip(ReadOnlySpan<char> text, int at, out int look)
    {
        var (blanks, marks, plus) = (0, 0, false);
        look = 0;
        while (at < text.Length)
        {
            if (ScriptDigits.ValueAt(text, at, out var units) >= 0)
                return plus && marks + blanks > 1 ? -1 : at;
            if (IsInvisible(text, at, units))
            {
                at += units;
                continue;
            }
            var c = text[at];
            var escape = EscapeLength(text, at);
            if (escape > 0 || char.IsWhiteSpace(c) || char.IsControl(c))
                blanks++;
            else if (IsMark(c))
                marks++;
            else
                return -1;
            if (blanks > MaxBlanks || marks > MaxMarks)
                return -1;
            // Between blanks it begins a phone number.
            plus |= c == '+';
            look = look * 31 + c;
            at += Math.Max(escape, 1);
        }
        return -1;
    }

    /// <summary>Shows nothing, or only changes the digit before it (U+20E3 puts it on a key).</summary>
    public static bool IsInvisible(ReadOnlySpan<char> text, int at, int units)
    {
        if (char.IsAscii(text[at]))
            return false;
        var category =
            units == 1 ? CharUnicodeInfo.GetUnicodeCategory(text[at]) : Rune.GetUnicodeCategory(new Rune(text[at], text[at + 1]));
        return category is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            || text[at] is '\u115F' or '\u1160' or '\u3164' or '\uFFA0';
    }

    /// <summary>Length of a percent escape of anything but a letter or digit, however often the percent sign is escaped itself; 0: there is none.</summary>
    public static int EscapeLength(ReadOnlySpan<char> text, int at)
    {
        if (text[at] != '%')
            return 0;
        var end = at + 1;
        while (
            end + 3 < text.Length
            && text[end] == '2'
            && text[end + 1] == '5'
            && char.IsAsciiHexDigit(text[end + 2])
            && char.IsAsciiHexDigit(text[end + 3])
        )
            end += 2;
        if (end + 1 >= text.Length || !char.IsAsciiHexDigit(text[end]) || !char.IsAsciiHexDigit(text[end + 1]))
            return 0;
        var value = int.Parse(text.Slice(end, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return char.IsAsciiLetterOrDigit((char)value) ? 0 : end + 2 - at;
    }

    /// <summary>Behind the escape of which the digit at <paramref name="at"/> is a part; -1: it is a digit for itself.</summary>
    public static int EndOfEscape(ReadOnlySpan<char> text, int at)
    {
        for (var back = 1; back <= 2 && at - back >= 0; back++)
        {
            if (EscapeLength(text, at - back) is > 0 and var length)
                return at - back + length;
        }
        return -1;
    }

    // # and № name other things than cards, @ and $ too; • stands where digits are hidden already.
    private static bool IsMark(char c) =>
        c is not ('#' or '@' or '%' or '\u2022')
        && CharUnicodeInfo.GetUnicodeCategory(c)
            is UnicodeCategory.DashPunctuation
                or UnicodeCategory.ConnectorPunctuation
                or UnicodeCategory.OpenPunctuation
                or UnicodeCategory.ClosePunctuation
                or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation
                or UnicodeCategory.OtherPunctuation
                or UnicodeCategory.MathSymbol
                or UnicodeCategory.ModifierSymbol;
}
