namespace Chat.Server.Messages.Masking;

/// <summary>
/// What stands around a number that could be a card's. Asked only of numbers with a valid check digit, so it may be a little slow; the part of the
/// text that it looks at is bounded.
/// </summary>
internal static class CardContext
{
    private const int Before = 40;
    private const int BeforeOthers = 28;
    private const int After = 24;
    private const int LongestPhone = 15;
    private const int TicketDigits = 14;

    // Beginnings of words; with | at the end a whole word.
    private static readonly string[] CardWords = Words(
        "card visa master maestro amex unionpay jcb diners discover debit credit cvv cvc exp valid pay paid charg refund pan| cc| kart tarjet carte| "
            + "карт виза| визы| визу| визой| мастер кредитк дебет оплат оплач плат плач списа перевел перевёл переве срок действ "
            + "возврат"
    );

    private static readonly string[] OtherWords = Words(
        "order track parcel shipment waybill consignment invoice contract account acct barcode ean| isbn| sku| imei| serial "
            + "phone tel| mobile whatsapp passport baggage luggage tag| id| uuid| ref| reference request policy заказ трек "
            + "отправлен посылк накладн штрих артикул счет счёт р/с| договор огрн инн| снилс тел| телефон моб| мобильн паспорт "
            + "багаж бирк полис обращени заявк"
    );

    /// <summary>Only for numbers as long as tickets: "I bought a ticket 4276…" is a card.</summary>
    private static readonly string[] TicketWords = Words(
        "ticket tkt etkt e-ticket eticket pnr booking reservation emd билет брон маршрут рейс flight"
    );

    // UPS, S7, Frontier, DHL, Pobeda, RwandAir, Shenzhen, Spirit, Silk Way, Ukraine International, Air Moldova, Azul, AirBridgeCargo, Jet Airways,
    // Royal Brunei, Air Macau; codes that pass for no card need no mention.
    private static bool IsAirline(int prefix) =>
        prefix is 406 or 421 or 422 or 423 or 425 or 459 or 479 or 487 or 501 or 566 or 572 or 577 or 580 or 589 or 672 or 675;

    /// <summary>Whether this place speaks for a card, or at least not against one.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="start">The number's first digit.</param>
    /// <param name="end">Behind its last digit.</param>
    /// <param name="digits">Its digits.</param>
    /// <param name="shape">How it is written.</param>
    public static bool Allows(ReadOnlySpan<char> text, int start, int end, ReadOnlySpan<byte> digits, CardShape shape)
    {
        if (shape == CardShape.None)
            return false;
        var previous = VisibleBefore(text, start);
        if (previous == '+' && digits.Length <= LongestPhone)
            return false;
        if (Iban.Covers(text, start, end))
            return false;
        var partOfName = IsNamePart(previous) || (end < text.Length && char.IsLetter(text[end]));
        if (shape == CardShape.Grouped && !partOfName)
            return true;

        Span<char> lower = stackalloc char[Before + After];
        var before = Lower(text[Math.Max(0, start - Before)..start], lower);
        var card = LastIndexOf(before, CardWords);
        var near = Math.Max(0, before.Length - BeforeOthers);
        var other = LastIndexOf(before, OtherWords, near);
        if (digits.Length <= TicketDigits)
            other = Math.Max(other, LastIndexOf(before, TicketWords));
        if (card >= 0 || other >= 0)
            return card >= other;
        if (shape == CardShape.Loose)
            return false;

        var after = Lower(text[end..Math.Min(text.Length, end + After)], lower[Before..]);
        if (LastIndexOf(after, CardWords) >= 0)
            return true;
        if (digits.Length <= TicketDigits && LastIndexOf(after, TicketWords) >= 0)
            return false;
        return !partOfName && !LastVisible(before, '#', '№') && !(digits.Length == CardNumber.MinDigits && BelongsToOthers(digits));
    }

    /// <summary>Numbers of tickets, of goods in Russia (460-469) and of German mobiles (49 15, 16, 17), of which many pass for Visa or Maestro.</summary>
    private static bool BelongsToOthers(ReadOnlySpan<byte> digits) =>
        CardNumber.Prefix(digits, 3) is var prefix
        && (prefix is >= 460 and <= 469 || IsAirline(prefix) || CardNumber.Prefix(digits, 4) is >= 4915 and <= 4917);

    private static bool IsNamePart(char c) => char.IsLetter(c) || c is '#' or '№';

    /// <summary>The character before the place that shows; a blank where there is none. An underscore is one only behind a name.</summary>
    private static char VisibleBefore(ReadOnlySpan<char> text, int start)
    {
        for (var at = start - 1; at >= Math.Max(0, start - Before); at--)
        {
            if (text[at] != '_' && !DigitGaps.IsInvisible(text, at, units: 1))
                return text[at];
        }
        return ' ';
    }

    private static bool LastVisible(ReadOnlySpan<char> text, char one, char other)
    {
        var trimmed = text.TrimEnd();
        return trimmed.Length > 0 && (trimmed[^1] == one || trimmed[^1] == other);
    }

    private static ReadOnlySpan<char> Lower(ReadOnlySpan<char> text, Span<char> buffer)
    {
        text.ToLowerInvariant(buffer);
        return buffer[..text.Length];
    }

    private static string[] Words(string list) => list.Split(' ');

    /// <summary>Where the last word that begins with one of these begins, not before <paramref name="from"/>; -1: nowhere.</summary>
    private static int LastIndexOf(ReadOnlySpan<char> text, string[] words, int from = 0)
    {
        var last = -1;
        foreach (var word in words)
        {
            var whole = word[^1] == '|';
            var letters = whole ? word.AsSpan(0, word.Length - 1) : word;
            for (var rest = text; rest.LastIndexOf(letters) is var at && at >= from && at > last; rest = rest[..at])
            {
                var end = at + letters.Length;
                if ((at > 0 && char.IsLetter(text[at - 1])) || (whole && end < text.Length && char.IsLetter(text[end])))
                    continue;
                last = at;
                break;
            }
        }
        return last;
    }
}
