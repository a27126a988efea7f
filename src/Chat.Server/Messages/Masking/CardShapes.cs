namespace Chat.Server.Messages.Masking;

/// <summary>How a possible card number is written, strongest evidence first.</summary>
internal enum CardShape
{
    /// <summary>In the groups that are printed on cards.</summary>
    Grouped = 0,

    /// <summary>One run of digits.</summary>
    Unbroken = 1,

    /// <summary>In other groups that look alike, and nothing more of that look around.</summary>
    Odd = 2,

    /// <summary>In other groups: a card only where a word says so.</summary>
    Loose = 3,

    /// <summary>As no card is written.</summary>
    None = 4,
}

/// <summary>Tells the shapes apart.</summary>
internal static class CardShapes
{
    private const int OddMinDigits = 15;
    private const int OddMinGroups = 3;

    // Days, months and hours have fewer.
    private const int LooseMinDigits = 3;

    /// <summary>Of a number that is not in printed groups.</summary>
    /// <param name="groups">The groups that make it.</param>
    /// <param name="digits">How many digits they have together.</param>
    /// <param name="before">The group before them.</param>
    /// <param name="after">Groups that are joined to them.</param>
    public static CardShape Of(ReadOnlySpan<DigitGroup> groups, int digits, DigitGroup? before, ReadOnlySpan<DigitGroup> after)
    {
        if (groups.Length == 1)
            return CardShape.Unbroken;
        if (IsAmount(groups))
            return CardShape.None;
        var (alike, even) = Compare(groups);
        if (alike && digits >= OddMinDigits && groups.Length >= OddMinGroups && !GoesOn(groups, even, before, after))
            return CardShape.Odd;
        return (alike && even) || !HasSmall(groups[..^1]) ? CardShape.Loose : CardShape.None;
    }

    /// <summary>Whether cards are printed in groups of these lengths, a hexadecimal digit each.</summary>
    public static bool IsPrinted(ulong layout) =>
        layout
            is 0x4333
                or 0x4441
                or 0x464
                or 0x4442
                or 0x465
                or 0x4443
                or 0x4444
                or 0x448
                or 0x484
                or 0x844
                or 0x4445
                or 0x44441
                or 0x4446
                or 0x44442
                or 0x4447
                or 0x44443
                or 0x6D;

    /// <summary>
    /// Rows of two numbers, as of passports or of days and hours: there is something else between rows than within them, and another row begins before or
    /// ends behind.
    /// </summary>
    public static bool IsTable(ReadOnlySpan<DigitGroup> groups, DigitGroup? before, ReadOnlySpan<DigitGroup> after)
    {
        if (groups is not [var first, var second, var third] || first.Digits != third.Digits || second.Gap == third.Gap)
            return false;
        if (after is [var next, ..] && next.Digits == second.Digits && next.Gap == second.Gap)
            return true;
        return before is { } previous && previous.Digits == second.Digits && first.Gap == third.Gap;
    }

    /// <summary>Whether what joins the groups looks the same everywhere, and whether they are all as long.</summary>
    private static (bool Alike, bool Even) Compare(ReadOnlySpan<DigitGroup> groups)
    {
        var (alike, even) = (true, true);
        for (var i = 1; i < groups.Length; i++)
        {
            alike &= groups[i].Gap == groups[1].Gap;
            even &= groups[i].Digits == groups[0].Digits;
        }
        return (alike, even);
    }

    /// <summary>
    /// Whether they are a part of something longer: groups around are joined alike and, where these are all as long, as long too. A date behind them,
    /// 12/27, is none.
    /// </summary>
    private static bool GoesOn(ReadOnlySpan<DigitGroup> groups, bool even, DigitGroup? before, ReadOnlySpan<DigitGroup> after)
    {
        var (gap, size) = (groups[1].Gap, groups[0].Digits);
        if (before is { } previous && groups[0].Gap == gap && (!even || previous.Digits == size))
            return true;
        return after is [var next, ..]
            && next.Gap == gap
            && (!even || next.Digits == size)
            && !(after is [_, var date, ..] && date.Gap != gap);
    }

    private static bool HasSmall(ReadOnlySpan<DigitGroup> groups)
    {
        foreach (var group in groups)
        {
            if (group.Digits < LooseMinDigits)
                return true;
        }
        return false;
    }

    /// <summary>1 234 567 890: thousands.</summary>
    private static bool IsAmount(ReadOnlySpan<DigitGroup> groups)
    {
        foreach (var group in groups[1..])
        {
            if (group.Digits != 3)
                return false;
        }
        return true;
    }
}
