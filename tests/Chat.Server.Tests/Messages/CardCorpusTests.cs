using System.Globalization;
using Chat.Server.Messages.Masking;

namespace Chat.Server.Tests.Messages;

/// <summary>Generated texts with fixed seeds: how often something else is taken for a card, and whether a card is ever missed.</summary>
public sealed class CardCorpusTests(ITestOutputHelper output)
{
    private const int TextsPerClass = 10_000;
    private const int CardsPerIssuer = 20_000;

    [Fact]
    public void Other_numbers_are_almost_never_taken_for_cards()
    {
        var total = 0;
        var masked = 0;
        foreach (var (name, make, most) in NotCards.Classes)
        {
            var random = new Random(20_261_130);
            var hits = 0;
            string? example = null;
            for (var i = 0; i < TextsPerClass; i++)
            {
                var text = make(random);
                if (ReferenceEquals(CardMask.Mask(text), text))
                    continue;
                hits++;
                example ??= text;
            }
            output.WriteLine($"{name, -44} {hits, 5} of {TextsPerClass} {example}");
            Assert.True(hits <= most, $"{name}: {hits} masked, at most {most} expected, e.g. {example}");
            total += TextsPerClass;
            masked += hits;
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all: {masked} of {total}, {100.0 * masked / total:0.000} %"));
        Assert.True(total >= 100_000);
    }

    [Theory]
    [MemberData(nameof(Issuers))]
    public void No_card_of_any_issuer_is_missed(string issuer)
    {
        var random = new Random(issuer.Length * 7_919 + issuer[0]);
        for (var i = 0; i < CardsPerIssuer; i++)
        {
            var (text, digits) = Cards.InText(random, issuer);
            var result = CardMask.Mask(text);

            Assert.True(Cards.VisibleDigits(text, result, digits) <= 4, $"{issuer}: {text} became {result}");
        }
    }

    [Theory]
    [MemberData(nameof(Issuers))]
    public void No_card_is_missed_whatever_stands_between_its_digits(string issuer)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < CardsPerIssuer; i++)
        {
            var (text, digits) = Cards.Decorated(random, issuer);
            var result = CardMask.Mask(text);

            Assert.True(Cards.VisibleDigits(text, result, digits) <= 4, $"seed {seed}, {issuer}: {text} became {result}");
            Assert.False(
                !digits.EndsWith("123", StringComparison.Ordinal) && result.EndsWith("123", StringComparison.Ordinal),
                $"seed {seed}, {issuer}: {text} became {result}"
            );
        }
    }

    [Fact]
    public void Cards_of_13_digits_without_a_word_about_them_are_left_alone_only_where_tickets_and_goods_begin_alike()
    {
        var random = new Random(13);
        var missed = 0;
        const int Count = 20_000;
        for (var i = 0; i < Count; i++)
        {
            var text = Cards.Number(random, "4", 13);
            if (ReferenceEquals(CardMask.Mask(text), text))
                missed++;
        }
        output.WriteLine($"bare 13-digit Visa: {missed} of {Count} left alone");
        Assert.InRange(missed, 1, Count * 6 / 10);
    }

    public static TheoryData<string> Issuers() => [.. Cards.Issuers.Keys];
}
