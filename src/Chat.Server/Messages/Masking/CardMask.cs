namespace Chat.Server.Messages.Masking;

/// <summary>
/// Hides numbers of payment cards: all digits but the last four become •, separators stay. Runs on every free text before it is stored or logged.
/// <para>
/// The trade-off. A number that has an issuer's prefix and length, passes Luhn and is written the way cards are (4-4-4-4, 4-6-5 …) is always hidden:
/// leaking a card costs more than a hidden order number. Where other numbers look alike, words decide. An unbroken run is left alone right after a
/// word like "order" or "tracking", unless a word like "card" or "paid" is nearer. Unbroken runs of 13 digits are hardly issued any more, but every
/// e-ticket has 13: those that begin with an airline's accounting code, a goods code or a German mobile prefix are hidden only when a word for a
/// card is near. Odd groupings count only when they are all there is. Mind that whoever wants to get a card past this can; it protects people
/// from what they paste.
/// </para>
/// </summary>
internal static class CardMask
{
    public const char Bullet = '•';

    private const int KeptDigits = 4;

    // Two more than a card has digits, so that what stands behind digits that stand alone is seen.
    private const int MaxGroups = CardNumber.MaxDigits + 2;

    /// <summary>Whether <see cref="Mask"/> would change the text.</summary>
    public static bool FindsIn(string text) => !ReferenceEquals(Mask(text), text);

    /// <summary>The text itself when there is nothing to hide; that way allocates nothing.</summary>
    public static string Mask(string text)
    {
        var start = NextStart(text, 0);
        if (start < 0 || text.Length - start < CardNumber.MinDigits)
            return text;

        Span<DigitGroup> groups = stackalloc DigitGroup[MaxGroups];
        char[]? masked = null;
        DigitGroup? before = null;
        while (start >= 0)
        {
            var count = DigitGroup.ReadChain(text, start, groups);
            if (before is { } previous)
                groups[0] = groups[0] with { Gap = DigitGaps.Skip(text, previous.End, out var gap) == start ? gap : 0 };
            var used = FindCard(text, groups[..count], before, out var longest);
            if (used > 0)
            {
                masked ??= text.ToCharArray();
                Hide(masked, groups[..used], KeptDigits);
                if (used == longest && IsRest(groups[..count], used))
                    longest++;
                Hide(masked, groups[used..longest], keep: 0);
                SecurityCode.HideAfter(text, groups[used - 1].End, masked);
                if (longest > used)
                    SecurityCode.HideAfter(text, groups[longest - 1].End, masked);
            }
            before = groups[Math.Max(used, 1) - 1];
            start = NextStart(text, before.Value.End);
        }
        if (masked is null)
            return text;
        SecurityCode.HideNamed(masked);
        return new string(masked);
    }

    /// <summary>The next digit that is no part of an escape; -1: there is none.</summary>
    private static int NextStart(ReadOnlySpan<char> text, int from)
    {
        while (ScriptDigits.IndexOf(text[from..]) is >= 0 and var found)
        {
            from += found;
            var behind = DigitGaps.EndOfEscape(text, from);
            if (behind < 0 && ScriptDigits.ValueAt(text, from, out var units) >= 0)
                return from;
            from = behind > from ? behind : from + 1;
        }
        return -1;
    }

    /// <summary>
    /// How many of the groups, from the first on, make a card. The shortest wins, since what follows is more likely a date or a security code; but if
    /// it makes a card too, it may be the rest of one, which must not stand.
    /// </summary>
    private static int FindCard(string text, ReadOnlySpan<DigitGroup> groups, DigitGroup? before, out int longest)
    {
        longest = 0;
        Span<byte> digits = stackalloc byte[CardNumber.MaxDigits];
        var (used, length) = (0, 0);
        var (visible, parts) = (0UL, 0UL);
        for (var i = 0; i < groups.Length; i++)
        {
            var group = groups[i];
            if (length + group.Digits > CardNumber.MaxDigits)
                break;
            Read(text, group, digits[length..]);
            length += group.Digits;
            visible = (visible << 4) | (uint)(group.Digits & 0xF);
            parts = DigitGroup.Append(parts, group.Parts);
            if (length < CardNumber.MinDigits || !CardNumber.IsValid(digits[..length]))
                continue;
            if (used > 0)
            {
                longest = i + 1;
                continue;
            }

            var those = groups[..(i + 1)];
            var after = groups[(i + 1)..];
            var isPrinted = (CardShapes.IsPrinted(visible) || CardShapes.IsPrinted(parts)) && !CardShapes.IsTable(those, before, after);
            var shape = isPrinted ? CardShape.Grouped : CardShapes.Of(those, length, before, after);
            if (CardContext.Allows(text, groups[0].Start, group.End, digits[..length], shape))
                used = longest = i + 1;
        }
        return used;
    }

    /// <summary>Three digits behind a card are a security code; one or two at the end of all are the rest of a card that was not copied well.</summary>
    private static bool IsRest(ReadOnlySpan<DigitGroup> groups, int used)
    {
        if (used == groups.Length)
            return false;
        var digits = 0;
        foreach (var group in groups)
            digits += group.Digits;
        var rest = groups[used].Digits;
        return rest == 3 || (rest < 3 && used + 1 == groups.Length && digits <= CardNumber.MaxDigits);
    }

    private static void Read(ReadOnlySpan<char> text, DigitGroup group, Span<byte> digits)
    {
        var count = 0;
        for (var at = group.Start; at < group.End; )
        {
            var value = ScriptDigits.ValueAt(text, at, out var units);
            if (value >= 0)
                digits[count++] = (byte)value;
            at += units;
        }
    }

    /// <summary>Each UTF-16 unit of a digit becomes one bullet: places stay where they are.</summary>
    private static void Hide(Span<char> text, ReadOnlySpan<DigitGroup> groups, int keep)
    {
        var left = -keep;
        foreach (var group in groups)
            left += group.Digits;
        foreach (var group in groups)
        {
            for (var at = group.Start; at < group.End && left > 0; )
            {
                if (ScriptDigits.ValueAt(text, at, out var units) >= 0)
                {
                    text.Slice(at, units).Fill(Bullet);
                    left--;
                }
                at += units;
            }
        }
    }
}
