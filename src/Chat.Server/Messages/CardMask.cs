using System.Buffers;

namespace Chat.Server.Messages;

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
    private const int MaxGroups = CardNumber.MaxDigits;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９");

    /// <summary>The text itself when there is nothing to hide; that way allocates nothing.</summary>
    public static string Mask(string text)
    {
        var first = text.AsSpan().IndexOfAny(Digits);
        if (first < 0 || text.Length - first < CardNumber.MinDigits)
            return text;

        Span<DigitGroup> groups = stackalloc DigitGroup[MaxGroups];
        char[]? masked = null;
        var start = first;
        var joined = false;
        while (start < text.Length)
        {
            var count = DigitGroup.ReadChain(text, start, groups);
            var used = FindCard(text, groups[..count], joined);
            if (used > 0)
            {
                masked ??= text.ToCharArray();
                Hide(masked, groups[0].Start, groups[used - 1].End, KeptDigits);
                if (used < count && groups[used].Digits <= 3 && (groups[used].Digits == 3 || used + 1 == count))
                    Hide(masked, groups[used].Start, groups[used].End, keep: 0);
                SecurityCode.HideAfter(masked, groups[used - 1].End);
            }
            var last = groups[Math.Max(used, 1) - 1];
            var next = text.AsSpan(last.End).IndexOfAny(Digits);
            if (next < 0)
                break;
            start = last.End + next;
            joined = DigitGroup.Joined(text, last.End, start);
        }
        if (masked is null)
            return text;
        SecurityCode.HideNamed(masked);
        return new string(masked);
    }

    /// <summary>
    /// How many of the groups, from the first on, make a card. The shortest wins: what follows is more likely a date or a security code, and the rest
    /// of a longer card looks like one and is hidden with it.
    /// </summary>
    private static int FindCard(string text, ReadOnlySpan<DigitGroup> groups, bool joined)
    {
        Span<byte> digits = stackalloc byte[CardNumber.MaxDigits];
        var length = 0;
        ulong layout = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            var group = groups[i];
            if (length + group.Digits > CardNumber.MaxDigits)
                return 0;
            for (var at = group.Start; at < group.End; at++)
                digits[length++] = (byte)DigitGroup.ValueOf(text[at]);
            layout = group.Digits > 0xF ? 0 : (layout << 4) | (uint)group.Digits;
            if (length < CardNumber.MinDigits)
                continue;

            var whole = !joined && (i == groups.Length - 1);
            if (CardShapes.Of(text, groups[..(i + 1)], layout, length, whole) is not { } shape || !CardNumber.IsValid(digits[..length]))
                continue;
            if (CardContext.Allows(text, groups[0].Start, group.End, digits[..length], shape))
                return i + 1;
        }
        return 0;
    }

    private static void Hide(Span<char> text, int start, int end, int keep)
    {
        var kept = 0;
        for (var at = end - 1; at >= start; at--)
        {
            if (DigitGroup.ValueOf(text[at]) >= 0 && ++kept > keep)
                text[at] = Bullet;
        }
    }
}
