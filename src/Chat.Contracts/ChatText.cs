using System.Diagnostics.CodeAnalysis;

namespace Chat.Contracts;

/// <summary>What servers and clients must agree on about texts.</summary>
public static class ChatText
{
    /// <summary>
    /// Whether a text shows nothing: it is empty or has only white space and characters that are made not to show (Unicode's White_Space and
    /// Default_Ignorable_Code_Point, and the blank of Braille, U+2800). The server refuses a blank body as <c>invalid</c>.
    /// </summary>
    /// <param name="text">The text, or null, which is blank.</param>
    public static bool IsBlank([NotNullWhen(false)] string? text)
    {
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (!ShowsNothing(rune.Value))
                return false;
        }
        return true;
    }

    private static bool ShowsNothing(int point) =>
        point switch
        {
            <= char.MaxValue when char.IsWhiteSpace((char)point) => true,
            // Soft hyphen, grapheme joiner, marks of direction, fillers of Hangul, Khmer's inherent vowels, selectors of variations.
            0xAD or 0x34F or 0x61C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) => true,
            (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0x2800 or 0x3164 => true,
            (>= 0xFE00 and <= 0xFE0F) or 0xFEFF or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8) => true,
            (>= 0x1BCA0 and <= 0x1BCA3) or (>= 0x1D173 and <= 0x1D17A) or (>= 0xE0000 and <= 0xE0FFF) => true,
            _ => false,
        };
}
