namespace Chat.Server.Messages.Masking;

/// <summary>Digits with nothing that shows between them.</summary>
/// <param name="Start">Its first digit.</param>
/// <param name="End">Behind its last digit.</param>
/// <param name="Digits">How many digits it has; there may be more UTF-16 units.</param>
/// <param name="Parts">
/// Lengths of its parts between characters that do not show (web pages leave them between copied groups), a hexadecimal digit each, the last 16; 0: one
/// has no such digit.
/// </param>
/// <param name="Gap">How what joins it to the group before looks; see <see cref="DigitGaps.Skip"/>.</param>
internal readonly record struct DigitGroup(int Start, int End, int Digits, ulong Parts, int Gap)
{
    /// <summary>
    /// The group at <paramref name="start"/> and those joined to it, until one begins behind more digits than any card has. Bounded by the length of
    /// <paramref name="groups"/>, and so is the work for each group of a text.
    /// </summary>
    public static int ReadChain(ReadOnlySpan<char> text, int start, Span<DigitGroup> groups)
    {
        var (count, digits, gap) = (0, 0, 0);
        while (count < groups.Length)
        {
            var group = Read(text, start, gap);
            groups[count++] = group;
            if (digits > CardNumber.MaxDigits)
                break;
            digits += group.Digits;
            start = DigitGaps.Skip(text, group.End, out gap);
            if (start < 0)
                break;
        }
        return count;
    }

    /// <summary>Lengths of parts, followed by those of another group.</summary>
    public static ulong Append(ulong layout, ulong other)
    {
        for (var rest = other; rest != 0; rest >>= 4)
            layout <<= 4;
        return layout | other;
    }

    private static DigitGroup Read(ReadOnlySpan<char> text, int start, int gap)
    {
        var (at, end, digits, part) = (start, start, 0, 0);
        var (layout, fits) = (0UL, true);
        while (at < text.Length)
        {
            if (ScriptDigits.ValueAt(text, at, out var units) >= 0)
            {
                if (at > end)
                    Close();
                at += units;
                end = at;
                digits++;
                part++;
                continue;
            }
            if (!DigitGaps.IsInvisible(text, at, units))
                break;
            at += units;
        }
        Close();
        return new DigitGroup(start, end, digits, fits ? layout : 0, gap);

        void Close()
        {
            fits &= part <= 0xF;
            layout = (layout << 4) | (uint)(part & 0xF);
            part = 0;
        }
    }
}
