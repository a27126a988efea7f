namespace Chat.Server.Messages;

/// <summary>An unbroken run of digits within a text.</summary>
/// <param name="Start">Its first digit.</param>
/// <param name="End">Behind its last digit.</param>
internal readonly record struct DigitGroup(int Start, int End)
{
    private const int MaxSeparators = 3;

    public int Digits => End - Start;

    /// <summary>0 to 9, also for full-width and both sets of Arabic-Indic digits; -1 for anything else.</summary>
    public static int ValueOf(char c) =>
        c switch
        {
            >= '0' and <= '9' => c - '0',
            >= '\u0660' and <= '\u0669' => c - '\u0660',
            >= '\u06F0' and <= '\u06F9' => c - '\u06F0',
            >= '\uFF10' and <= '\uFF19' => c - '\uFF10',
            _ => -1,
        };

    /// <summary>
    /// The group at <paramref name="start"/> and those joined to it, until they have more digits than any card. Bounded by the length of
    /// <paramref name="groups"/>, and so is the work for each group of a text.
    /// </summary>
    public static int ReadChain(ReadOnlySpan<char> text, int start, Span<DigitGroup> groups)
    {
        var count = 0;
        var digits = 0;
        while (count < groups.Length)
        {
            var group = Read(text, start);
            groups[count++] = group;
            digits += group.Digits;
            if (digits > CardNumber.MaxDigits)
                break;
            var next = group.End;
            while (next < text.Length && next - group.End <= MaxSeparators && IsSeparator(text[next]))
                next++;
            if (next == text.Length || ValueOf(text[next]) < 0 || !Joined(text, group.End, next))
                break;
            start = next;
        }
        return count;
    }

    /// <summary>Whether only separators are between the two places, and what follows is not part of a date or time (12/27, 10:30).</summary>
    public static bool Joined(ReadOnlySpan<char> text, int end, int start)
    {
        if (start - end > MaxSeparators)
            return false;
        for (var at = end; at < start; at++)
        {
            if (!IsSeparator(text[at]))
                return false;
        }
        var behind = Read(text[..Math.Min(text.Length, start + CardNumber.MaxDigits + 1)], start).End;
        return behind + 1 >= text.Length || text[behind] is not ('/' or ':') || ValueOf(text[behind + 1]) < 0;
    }

    private static DigitGroup Read(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && ValueOf(text[end]) >= 0)
            end++;
        return new DigitGroup(start, end);
    }

    /// <summary>Blanks, hyphens, dashes and dots, and what web pages leave between copied digits: soft hyphens and characters without width.</summary>
    private static bool IsSeparator(char c) =>
        c
            is ' '
                or '\t'
                or '-'
                or '.'
                or '\u00A0'
                or '\u00AD'
                or (>= '\u2000' and <= '\u200D')
                or (>= '\u2010' and <= '\u2015')
                or '\u202F'
                or '\u205F'
                or '\u2060'
                or '\u2212'
                or '\u3000'
                or '\uFEFF';
}
