using System.Numerics;

namespace Chat.Server.Tests.Messages;

/// <summary>Texts of an airline's and a shop's support that have numbers but no card, each class with the most that may be taken for one.</summary>
internal static class NotCards
{
    private static readonly string[] Airlines =
    [
        "555",
        "421",
        "425",
        "195",
        "216",
        "262",
        "298",
        "176",
        "235",
        "157",
        "607",
        "618",
        "672",
        "220",
        "057",
        "074",
        "125",
        "001",
        "006",
        "014",
        "016",
        "487",
        "422",
        "465",
        "566",
        "572",
        "580",
        "589",
        "501",
        "479",
        "675",
    ];

    private static readonly string[] Prose = (
        "здравствуйте подскажите пожалуйста когда вылет мой рейс задержали на два часа можно ли вернуть деньги багаж не прилетел спасибо "
        + "hello please help my flight was delayed again can i change the date and seat where is my bag thank you for the answer order ticket"
    ).Split(' ');

    public static readonly (string Name, Func<Random, string> Make, int Most)[] Classes =
    [
        ("prose with small numbers", r => Say(r, Digits(r, 1 + r.Next(4)) + " " + Digits(r, 1 + r.Next(4))), 0),
        ("booking references", r => Say(r, Pick(r, "PNR ", "бронь ", "booking ", "") + Letters(r, 6) + " " + Letters(r, 6)), 0),
        ("phones, international", r => Say(r, Phone(r)), 0),
        ("phones, several", r => Say(r, $"{Phone(r)}, {Phone(r)} {Phone(r)}"), 0),
        ("phones, Russian without +", r => Say(r, $"8 {Digits(r, 3)} {Digits(r, 3)}-{Digits(r, 2)}-{Digits(r, 2)} 8{Digits(r, 10)}"), 0),
        ("phones, German mobiles without +", r => Say(r, $"491{Pick(r, "5", "6", "7")}{Digits(r, 9)}"), 0),
        ("e-tickets with hyphen", r => Say(r, $"{Pick(r, Airlines)}-{Digits(r, 10)}"), 0),
        ("e-tickets with blank", r => Say(r, $"{Pick(r, Airlines)} {Digits(r, 10)}"), 0),
        (
            "e-tickets unbroken after a word",
            r => Say(r, $"{Pick(r, "билет ", "ticket no. ", "e-ticket: ", "PNR ABC123 ")}{Any(r)}{Digits(r, 10)}"),
            0
        ),
        (
            "e-tickets unbroken before a word",
            r => Say(r, $"{Pick(r, Airlines)}{Digits(r, 10)} {Pick(r, "- мой билет", "is my ticket")}"),
            0
        ),
        ("e-tickets unbroken without a word", r => Say(r, Pick(r, Airlines) + Digits(r, 10)), 0),
        ("e-tickets of any three digits, no word", r => Say(r, Any(r) + Digits(r, 10)), 200),
        (
            "orders after a word, 8-19 digits",
            r => Say(r, Pick(r, "order ", "заказ № ", "Order #", "номер заказа: ") + Digits(r, 8 + r.Next(12))),
            0
        ),
        ("orders without a word, 8-12 digits", r => Say(r, Digits(r, 8 + r.Next(5))), 0),
        ("orders without a word, 13-19 digits", r => Say(r, Digits(r, 13 + r.Next(7))), 300),
        ("orders with letters, 8-19 digits", r => Say(r, Letters(r, 2) + Digits(r, 8 + r.Next(12))), 0),
        ("IBANs in groups", r => Say(r, Grouped(Iban(r))), 0),
        ("IBANs unbroken", r => Say(r, Iban(r)), 0),
        ("Russian accounts", r => Say(r, $"р/с 40817810{Digits(r, 12)}, БИК 04452{Digits(r, 4)}, ИНН {Digits(r, 10)}"), 0),
        (
            "dates and times",
            r => Say(r, $"{Date(r)} {r.Next(24):00}:{r.Next(60):00} - {Date(r)}, {2020 + r.Next(8)}{Digits(r, 4)}T{Digits(r, 6)}"),
            0
        ),
        ("timestamps", r => Say(r, $"{1_600_000_000_000 + r.NextInt64(400_000_000_000)}"), 0),
        (
            "prices",
            r =>
                Say(
                    r,
                    $"{r.Next(1, 1000)} {Digits(r, 3)} {Digits(r, 3)},{Digits(r, 2)} руб. = ${r.Next(1, 100)}.{Digits(r, 3)}.{Digits(r, 3)}"
                ),
            0
        ),
        (
            "amounts of quadrillions",
            r => Say(r, $"{r.Next(1, 10)} {Digits(r, 3)} {Digits(r, 3)} {Digits(r, 3)} {Digits(r, 3)} {Digits(r, 3)}"),
            0
        ),
        (
            "tracking numbers",
            r =>
                Say(
                    r,
                    $"{Pick(r, "трек ", "tracking: ", "Отправление ")}{Digits(r, Pick(r, "12", "14", "15", "22"))} {Letters(r, 2)}{Digits(r, 9)}RU"
                ),
            0
        ),
        (
            "baggage tags",
            r => Say(r, $"{Pick(r, "багажная бирка ", "bag tag ", "")}0{Pick(r, Airlines)}{Digits(r, 6)} {Letters(r, 2)} {Digits(r, 6)}"),
            0
        ),
        ("passports", r => Say(r, $"паспорт {Digits(r, 4)} {Digits(r, 6)}, {Digits(r, 2)} {Digits(r, 7)} {Date(r)}"), 0),
        ("passports in rows", r => Rows(r, "\n", " ", 4, 6), 0),
        ("days and hours in rows", r => Rows(r, ", ", " ", 8, 4), 0),
        ("goods codes", r => Say(r, $"46{Digits(r, 11)}"), 0),
        (
            "booking references of letters and digits",
            r => Say(r, string.Join(Pick(r, ", ", "/", "\n", " "), Enumerable.Range(0, 6).Select(_ => Reference(r)))),
            0
        ),
        (
            "booking references with flights",
            r => Say(r, $"{Reference(r)}/SU{Digits(r, 4)}/{Digits(r, 2)}{Letters(r, 3)}/{Digits(r, 4)}"),
            0
        ),
        ("IBANs with hyphens", r => Say(r, Grouped(Iban(r)).Replace(' ', '-')), 0),
        ("phones on several lines", r => Say(r, $"{Phone(r)}\n{Phone(r)}\n{Phone(r)}"), 0),
        ("phones with slashes", r => Say(r, $"0{Digits(r, 3)}/{Digits(r, 7)}, +49 {Digits(r, 3)}/{Digits(r, 4)}-{Digits(r, 3)}"), 0),
        ("e-tickets in a row", r => Say(r, $"{Pick(r, Airlines)}-{Digits(r, 10)}/{Digits(r, 2)}, {Pick(r, Airlines)}-{Digits(r, 10)}"), 0),
        ("e-tickets on several lines", r => Say(r, $"{Pick(r, Airlines)} {Digits(r, 10)}\n{Pick(r, Airlines)} {Digits(r, 10)}"), 0),
        ("baggage tags in a row", r => Say(r, $"0{Pick(r, Airlines)}{Digits(r, 6)}, 0{Pick(r, Airlines)}{Digits(r, 6)}"), 0),
        ("dates with slashes", r => Say(r, $"{Date(r)}-{Date(r)} {Date(r)}, {Date(r)}".Replace('.', '/')), 0),
        ("times in a row", r => Say(r, string.Join(' ', Enumerable.Range(0, 6).Select(_ => $"{r.Next(24):00}:{r.Next(60):00}"))), 0),
        ("years in a row", r => Say(r, string.Join(", ", Enumerable.Range(0, 5).Select(_ => r.Next(1950, 2030)))), 0),
        ("prices in a row", r => Say(r, string.Join(" + ", Enumerable.Range(0, 4).Select(_ => $"{Digits(r, 4)},{Digits(r, 2)} €"))), 0),
        // The price of what the mask is for: four groups of four that pass for a card are hidden, however they are joined.
        ("flight numbers in a row", r => Say(r, string.Join(", ", Enumerable.Range(0, 4).Select(_ => Digits(r, 4)))), 350),
        ("UUIDs", r => Say(r, NewGuid(r).ToString()), 0),
        ("addresses of pages", r => Say(r, $"https://shop.example/item/{Digits(r, 9)}?order={Digits(r, 16)}&u={Letters(r, 5)}"), 0),
        ("lists of flights", r => Say(r, $"SU {Digits(r, 4)}, S7 {Digits(r, 4)}, {Digits(r, 2)}{Pick(r, "A", "C")} {Digits(r, 2)}B"), 0),
        (
            "IP addresses and versions",
            r => Say(r, $"{r.Next(256)}.{r.Next(256)}.{r.Next(256)}.{r.Next(256)} v{r.Next(9)}.{r.Next(99)}.{r.Next(9999)}"),
            0
        ),
    ];

    private static string Say(Random r, string what) =>
        $"{string.Join(' ', r.GetItems(Prose, r.Next(6)))} {what} {string.Join(' ', r.GetItems(Prose, r.Next(6)))}".Trim();

    private static string Rows(Random r, string between, string within, int first, int second) =>
        Say(r, string.Join(between, Enumerable.Range(0, 2 + r.Next(3)).Select(_ => Digits(r, first) + within + Digits(r, second))));

    private static string Reference(Random r) =>
        string.Concat(Enumerable.Range(0, 6).Select(_ => r.Next(2) == 0 ? Letters(r, 1) : Digits(r, 1)));

    private static string Phone(Random r) =>
        Pick(r, "7", "49", "44", "1", "375", "380", "998", "90", "86", "971", "34", "39", "370", "371", "372", "36", "55", "52", "62", "65")
            is var code
        && r.Next(3) == 0
            ? $"+{code}{Digits(r, 10)}"
            : $"+{code} {Digits(r, 3)} {Digits(r, 3)}-{Digits(r, 2)}-{Digits(r, 2)}";

    private static string Iban(Random r)
    {
        var (country, length) = r.Next(5) switch
        {
            0 => ("DE", 18),
            1 => ("FR", 23),
            2 => ("ES", 20),
            3 => ("LT", 16),
            _ => ("BE", 12),
        };
        var account = Digits(r, length);
        var number = BigInteger.Parse($"{account}{country[0] - 'A' + 10}{country[1] - 'A' + 10}00");
        return $"{country}{98 - (int)(number % 97):00}{account}";
    }

    private static string Grouped(string text) => string.Join(' ', text.Chunk(4).Select(part => new string(part)));

    private static string Date(Random r) => $"{r.Next(1, 29):00}.{r.Next(1, 13):00}.{r.Next(1950, 2030)}";

    private static string Any(Random r) => $"{r.Next(1, 1000):000}";

    private static Guid NewGuid(Random r)
    {
        var bytes = new byte[16];
        r.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static string Digits(Random r, string length) => Digits(r, int.Parse(length));

    private static string Digits(Random r, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('0' + r.Next(10))));

    private static string Letters(Random r, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('A' + r.Next(26))));

    private static string Pick(Random r, params string[] words) => words[r.Next(words.Length)];
}
