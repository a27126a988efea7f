namespace Chat.Server.Messages.Masking;

/// <summary>Hides what people write beside a card: the three or four digits of its back. Only for texts in which a card was found.</summary>
internal static class SecurityCode
{
    private const int MaxGap = 24;

    private static readonly string[] Names = ["cvv", "cvc", "cvn", "csc", "cid", "security", "secure", "code", "код", "свв", "свс"];

    /// <summary>"cvv 123", "CVC2: 123", "код безопасности - 123".</summary>
    public static void HideNamed(Span<char> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsLetter(text[at]) || (at > 0 && char.IsLetter(text[at - 1])) || !StartsWithName(text[at..]))
                continue;
            var from = at;
            while (from < text.Length && char.IsLetter(text[from]))
                from++;
            if (from < text.Length && text[from] == '2' && !ScriptDigits.IsAt(text, from + 1))
                from++;
            at = from - 1;
            for (var end = Math.Min(text.Length, from + MaxGap); from < end && !ScriptDigits.IsAt(text, from) && text[from] != '\n'; )
                from++;
            HideRun(text, from, longest: 4);
        }
    }

    /// <summary>"4111 1111 1111 1111 12/27 123", with or without the month.</summary>
    /// <param name="text">The text as it was.</param>
    /// <param name="end">Behind the card.</param>
    /// <param name="masked">Where to hide it.</param>
    public static void HideAfter(ReadOnlySpan<char> text, int end, Span<char> masked)
    {
        var expected = 3;
        for (var part = 0; part < 3; part++)
        {
            var start = DigitGaps.Skip(text, end, out _);
            if (start < 0)
                return;
            end = EndOfRun(text, start, out var digits);
            if (digits >= 3 && digits <= expected)
            {
                masked[start..end].Fill(CardMask.Bullet);
                return;
            }
            // A month, and a year or both in one; behind them a code may have four digits.
            if (digits is not (1 or 2 or 4))
                return;
            expected = digits == 4 || part > 0 ? 4 : 3;
        }
    }

    private static bool StartsWithName(ReadOnlySpan<char> text)
    {
        foreach (var name in Names)
        {
            if (text.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool HideRun(Span<char> text, int at, int longest)
    {
        var end = EndOfRun(text, at, out var length);
        if (length < 3 || length > longest)
            return false;
        text[at..end].Fill(CardMask.Bullet);
        return true;
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int at, out int length)
    {
        for (length = 0; ScriptDigits.ValueAt(text, at, out var units) >= 0; at += units)
            length++;
        return at;
    }
}
