namespace Chat.Server.Messages;

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
            if (from < text.Length && text[from] == '2' && !IsDigit(text, from + 1))
                from++;
            at = from - 1;
            for (var end = Math.Min(text.Length, from + MaxGap); from < end && !IsDigit(text, from) && text[from] != '\n'; )
                from++;
            HideRun(text, from, longest: 4);
        }
    }

    /// <summary>"4111 1111 1111 1111 12/27 123", with or without the month.</summary>
    public static void HideAfter(Span<char> text, int end)
    {
        var at = SkipGap(text, end);
        if (HideRun(text, at, longest: 3))
            return;
        var month = RunLength(text, at);
        if (month is not (2 or 4))
            return;
        var year = at + month;
        if (month == 2 && year < text.Length && text[year] is '/' or '.' or '-' or ' ')
            year += 1 + RunLength(text, year + 1);
        HideRun(text, SkipGap(text, year), longest: 4);
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
        var length = RunLength(text, at);
        if (length < 3 || length > longest)
            return false;
        text.Slice(at, length).Fill(CardMask.Bullet);
        return true;
    }

    private static int RunLength(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (IsDigit(text, end))
            end++;
        return end - at;
    }

    private static int SkipGap(ReadOnlySpan<char> text, int at)
    {
        for (
            var end = Math.Min(text.Length, at + 4);
            at < end && text[at] is ' ' or '\n' or '\t' or ',' or ';' or '/' or '|' or '-' or '\u00A0';

        )
            at++;
        return at;
    }

    private static bool IsDigit(ReadOnlySpan<char> text, int at) => at < text.Length && DigitGroup.ValueOf(text[at]) >= 0;
}
