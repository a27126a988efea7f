using System.Text;

namespace Chat.Server.Tests.Messages;

/// <summary>Valid card numbers in the ways people write them.</summary>
internal static class Cards
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
            var at = start;
            var found = 0;
            var visible = 0;
            for (; at < text.Length && found < card.Length; at++)
            {
                if (!char.IsDigit(text[at]))
                {
                    if (found == 0)
                        break;
                    continue;
                }
                if ((int)char.GetNumericValue(text[at]) != card[found] - '0')
                    break;
                found++;
                visible += char.IsDigit(result[at]) ? 1 : 0;
            }
            if (found == card.Length)
                return visible;
        }
        throw new InvalidOperationException("The card is not in the text.");
    }

    private static string Write(Random random, string digits) =>
        random.Next(10) switch
        {
            < 4 => digits,
            < 9 => Group(random, digits),
            _ => digits.Length == 16 ? Join(random, digits, random.Next(2) == 0 ? [2, 2, 2, 2, 2, 2, 2, 2] : [4, 4, 4, 4]) : digits,
        };

    private static string Group(Random random, string digits) =>
        Join(
            random,
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

    private static string Join(Random random, string digits, int[] lengths)
    {
        var separator = random.GetItems(Separators, 1)[0];
        var parts = new List<string>();
        foreach (var length in lengths)
        {
            parts.Add(digits[..length]);
            digits = digits[length..];
        }
        return string.Join(separator, parts);
    }

    private static string Script(Random random, string written)
    {
        var zero = random.Next(20) switch
        {
            0 => '\uFF10',
            1 => '\u0660',
            2 => '\u06F0',
            _ => '0',
        };
        return string.Concat(written.Select(c => char.IsAsciiDigit(c) ? (char)(zero + (c - '0')) : c));
    }

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
