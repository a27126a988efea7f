namespace Chat.Server.Messages;

/// <summary>How a possible card number is written, strongest evidence first.</summary>
internal enum CardShape
{
    /// <summary>In the groups that are printed on cards.</summary>
    Grouped = 0,

    /// <summary>One run of digits.</summary>
    Unbroken = 1,

    /// <summary>In other groups, alone in its place.</summary>
    Odd = 2,
}

/// <summary>Tells the shapes apart.</summary>
internal static class CardShapes
{
    private const int OddMinDigits = 15;
    private const int OddMinGroups = 3;

    /// <param name="text">The whole text.</param>
    /// <param name="groups">The groups that make the number.</param>
    /// <param name="layout">Their lengths, a hexadecimal digit each; 0 when one has no such digit.</param>
    /// <param name="digits">How many digits they have together.</param>
    /// <param name="whole">Whether no other digits are joined to them.</param>
    /// <returns>Null: no card is written so.</returns>
    public static CardShape? Of(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups, ulong layout, int digits, bool whole)
    {
        if (groups.Length == 1)
            return CardShape.Unbroken;
        if (IsPrinted(layout))
            return CardShape.Grouped;
        var odd = whole && digits >= OddMinDigits && groups.Length >= OddMinGroups && AlikeSeparators(text, groups) && !IsAmount(groups);
        return odd ? CardShape.Odd : null;
    }

    private static bool IsPrinted(ulong layout) =>
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

    private static bool AlikeSeparators(ReadOnlySpan<char> text, ReadOnlySpan<DigitGroup> groups)
    {
        var first = text[groups[0].End..groups[1].Start];
        for (var i = 2; i < groups.Length; i++)
        {
            if (!text[groups[i - 1].End..groups[i].Start].SequenceEqual(first))
                return false;
        }
        return true;
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
