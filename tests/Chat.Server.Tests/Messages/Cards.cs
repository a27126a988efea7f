using System.Text;
using System.Text.RegularExpressions;

namespace Chat.Server.Tests.Messages;

/// <summary>Valid card numbers in the ways people write them.</summary>
internal static partial class Cards
{
    public static readonly Dictionary<string, (string[] Prefixes, int[] Lengths)> Issuers = new()
    {
        ["Visa"] = (["4"], [13, 16, 16, 16, 18, 19]),
        ["Mastercard"] = (["51", "52", "53", "54", "55", "2221", "2345", "2699", "2720"], [16]),
        ["Amex"] = (["34", "37"], [15]),
        ["Discover"] = (["6011", "644", "649", "65"], [16, 16, 19]),
        ["JCB"] = (["3528", "3550", "3589"], [16, 16, 19]),
        ["Diners"] = (["300", "305", "3095", "36", "38", "39"], [14, 14, 16, 19]),
        ["UnionPay"] = (["62"], [16, 17, 18, 19]),
        ["Maestro"] = (["50", "56", "58", "6304", "6390", "67"], [13, 14, 15, 16, 17, 18, 19]),
        ["Mir"] = (["2200", "2201", "2202", "2203", "2204"], [16, 16, 17, 18, 19]),
    };

    private static readonly string[] Separators = [" ", "-", ".", "\u00A0", "  ", " - ", "\u202F", "\u2011", "\t", "\u00AD"];

    /// <summary>What else stands between groups: in texts that were pasted, in tables, in addresses, behind other people's masks.</summary>
    private static readonly string[] RareSeparators =
    [
        "\n",
        "\r\n",
        " \n ",
        "    ",
        "        ",
        ",",
        ", ",
        "/",
        " / ",
        "_",
        "__",
        ":",
        ";",
        "|",
        " | ",
        "\\",
        "*",
        "~",
        "=",
        "+",
        "·",
        "—",
        ") (",
        "' '",
        "\u2028",
        "\u3000",
        "\u200E",
        "\u200F",
        "\u200B",
        "\u2066 \u2069",
        "\uFEFF",
        "\u034F",
        "%20",
        "%0A",
        "%2520",
        "%25252D",
        "%C2%A0",
    ];

    private static readonly string[] Invisible =
    [
        "\u200B",
        "\u200E",
        "\u200F",
        "\u00AD",
        "\uFEFF",
        "\u2060",
        "\u202E",
        "\u034F",
        "\uFE0F\u20E3",
        "\U000E0020",
    ];

    private static readonly string[] Visible =
    [
        .. RareSeparators.Concat(Separators).Where(part => part.Any(c => !Invisible.Any(hidden => hidden.Contains(c)))),
    ];

    private static readonly int[] Zeros =
    [
        .. Enumerable
            .Range(0, 0x1FFFF)
            .Where(point => Rune.IsValid(point) && Rune.IsDigit(new Rune(point)) && Rune.GetNumericValue(new Rune(point)) == 0),
    ];

    private static readonly string[] Before =
    [
        "",
        "",
        "",
        "карта ",
        "Номер карты: ",
        "my card number is ",
        "pan:",
        "Здравствуйте! Не проходит оплата, карта ",
        "Please refund it to ",
        "I ordered a ticket and paid with ",
        "Заказ 1234567 оплачен картой ",
        "Оплата билета с карты № ",
        "VISA ",
        "(",
        "\"",
        "привет,\n",
        "😀 ",
        "Order 77: card ",
        "рейс SU 1234, списали с ",
    ];

    private static readonly string[] After =
    [
        "",
        "",
        ".",
        ", thanks",
        " 12/27",
        " 12/27 123",
        " exp 01/30",
        "\nИванов Иван",
        ")",
        "\"",
        " срок 12.28",
        " — спасибо",
        "!",
        " cvv 123",
        " VALID THRU 10/29",
    ];

    public static (string Text, string Digits) InText(Random random, string issuer)
    {
        var (prefixes, lengths) = Issuers[issuer];
        var length = random.GetItems(lengths, 1)[0];
        var digits = Number(random, random.GetItems(prefixes, 1)[0], length);
        var before = random.GetItems(Before, 1)[0];
        // Without separators and without a word, 13 digits are more likely a ticket; that has a test of its own.
        var written =
            length == 13 && !before.Contains("кар", StringComparison.OrdinalIgnoreCase) ? Group(random, digits) : Write(random, digits);
        if (length == 13 && before.Length < 4)
            before = "card ";
        return (before + Script(random, written) + random.GetItems(After, 1)[0], digits);
    }

    /// <summary>Groups with anything between them, also different things, and characters that do not show anywhere.</summary>
    public static (string Text, string Digits) Decorated(Random random, string issuer)
    {
        var (prefixes, lengths) = Issuers[issuer];
        var length = random.GetItems(lengths, 1)[0];
        var digits = Number(random, random.GetItems(prefixes, 1)[0], length);
        var all = random.Next(3) == 0;
        var separator = random.GetItems(RareSeparators, 1)[0];
        var text = new StringBuilder();
        foreach (var part in Parts(random, digits))
        {
            if (text.Length > 0)
                text.Append(all ? random.GetItems(Visible, 1)[0] : separator);
            foreach (var digit in part)
                text.Append(digit).Append(all && random.Next(4) == 0 ? random.GetItems(Invisible, 1)[0] : "");
        }
        var before = random.GetItems([.. Before, "PAN", "pan ", "1) ", "12/27 ", "_", "№ карты\n"], 1)[0];
        var after = random.GetItems([.. After, "/12/27", "/12", "/123", ":123", " / 12 / 27 / 123", "\n12/27\n123", "_", "%20"], 1)[0];
        return (before + InScript(text.ToString(), random.Next(3) == 0 ? random.GetItems(Zeros, 1)[0] : '0') + after, digits);
    }

    public static string Number(Random random, string prefix, int length)
    {
        var digits = new StringBuilder(prefix);
        while (digits.Length < length - 1)
            digits.Append((char)('0' + random.Next(10)));
        for (var check = '0'; ; check++)
        {
            if (PassesLuhn(digits.ToString() + check))
                return digits.Append(check).ToString();
        }
    }

    /// <summary>How many of the card's digits still stand, in the place where it was written.</summary>
    public static int VisibleDigits(string text, string result, string card)
    {
        for (var start = 0; start < text.Length; start++)
        {
            var (at, found, visible) = (start, 0, 0);
            while (at < text.Length && found < card.Length && Rune.TryGetRuneAt(text, at, out var rune))
            {
                var isDigit = Rune.IsDigit(rune) && !IsEscape(text, at);
                if (isDigit ? (int)Rune.GetNumericValue(rune) != card[found] - '0' : found == 0)
                    break;
                found += isDigit ? 1 : 0;
                visible += isDigit && Rune.IsDigit(Rune.GetRuneAt(result, at)) ? 1 : 0;
                at += rune.Utf16SequenceLength;
            }
            if (found == card.Length)
                return visible;
        }
        throw new InvalidOperationException("The card is not in the text.");
    }

    // %20, %2520 …
    private static bool IsEscape(string text, int at)
    {
        var percent = text.LastIndexOf('%', at);
        return percent >= 0
            && at - percent <= 8
            && EscapeSequence().Match(text, percent) is { Success: true } match
            && match.Index == percent
            && match.Index + match.Length > at;
    }

    private static string Write(Random random, string digits) =>
        random.Next(10) switch
        {
            < 4 => digits,
            < 9 => Group(random, digits),
            _ => digits.Length == 16 ? Join(random, digits, random.Next(2) == 0 ? [2, 2, 2, 2, 2, 2, 2, 2] : [4, 4, 4, 4]) : digits,
        };

    private static string Group(Random random, string digits) => string.Join(random.GetItems(Separators, 1)[0], Parts(random, digits));

    private static List<string> Parts(Random random, string digits) =>
        Split(
            digits,
            digits.Length switch
            {
                13 => random.Next(2) == 0 ? [4, 3, 3, 3] : [4, 4, 4, 1],
                14 => random.Next(2) == 0 ? [4, 6, 4] : [4, 4, 4, 2],
                15 => random.Next(2) == 0 ? [4, 6, 5] : [4, 4, 4, 3],
                16 => [4, 4, 4, 4],
                17 => [4, 4, 4, 4, 1],
                18 => [4, 4, 4, 4, 2],
                _ => random.Next(2) == 0 ? [4, 4, 4, 4, 3] : [6, 13],
            }
        );

    private static string Join(Random random, string digits, int[] lengths) =>
        string.Join(random.GetItems(Separators, 1)[0], Split(digits, lengths));

    private static List<string> Split(string digits, int[] lengths)
    {
        var parts = new List<string>();
        foreach (var length in lengths)
        {
            parts.Add(digits[..length]);
            digits = digits[length..];
        }
        return parts;
    }

    private static string Script(Random random, string written) =>
        InScript(
            written,
            random.Next(20) switch
            {
                0 => '\uFF10',
                1 => '\u0660',
                2 => '\u06F0',
                _ => '0',
            }
        );

    private static string InScript(string written, int zero) =>
        zero == '0'
            ? written
            : string.Concat(
                written.Select(
                    (c, at) => char.IsAsciiDigit(c) && !IsEscape(written, at) ? char.ConvertFromUtf32(zero + (c - '0')) : c.ToString()
                )
            );

    [GeneratedRegex("%(25)*[0-9A-F]{2}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EscapeSequence();

    private static bool PassesLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (digits[digits.Length - 1 - i] - '0') * (i % 2 + 1);
            sum += digit / 10 + digit % 10;
        }
        return sum % 10 == 0;
    }
}
