using System.Diagnostics;
using Chat.Server.Messages;

namespace Chat.Server.Tests.Messages;

public sealed class CardMaskTests
{
    [Theory]
    [InlineData("4111 1111 1111 1111", "•••• •••• •••• 1111")]
    [InlineData("4111111111111111", "••••••••••••1111")]
    [InlineData("my card is 5555-5555-5555-4444, thanks", "my card is ••••-••••-••••-4444, thanks")]
    [InlineData("3782 822463 10005", "•••• •••••• •0005")]
    [InlineData("3056 930902 5904", "•••• •••••• 5904")]
    [InlineData("карта 2200.0000.0000.0004.", "карта ••••.••••.••••.0004.")]
    [InlineData("4111\u00A01111\u00A01111\u00A01111", "••••\u00A0••••\u00A0••••\u00A01111")]
    [InlineData("4111 - 1111 - 1111 - 1111", "•••• - •••• - •••• - 1111")]
    [InlineData("４１１１１１１１１１１１１１１１", "••••••••••••１１１１")]
    [InlineData("٤١١١ ١١١١ ١١١١ ١١١١", "•••• •••• •••• ١١١١")]
    [InlineData("41 11 11 11 11 11 11 11", "•• •• •• •• •• •• 11 11")]
    [InlineData("card4111111111111111", "card••••••••••••1111")]
    [InlineData("Оплатил заказ картой 4111111111111111", "Оплатил заказ картой ••••••••••••1111")]
    [InlineData("two: 4111111111111111 and 5555555555554444", "two: ••••••••••••1111 and ••••••••••••4444")]
    public void A_card_keeps_its_last_four_digits_and_its_separators(string text, string expected) =>
        Assert.Equal(expected, CardMask.Mask(text));

    [Theory]
    [InlineData("4111 1111 1111 1111 cvv 123", "•••• •••• •••• 1111 cvv •••")]
    [InlineData("4111111111111111, CVC2: 1234", "••••••••••••1111, CVC2: ••••")]
    [InlineData("код безопасности - 321, карта 4111111111111111", "код безопасности - •••, карта ••••••••••••1111")]
    [InlineData("код карты ниже, номер карты: 4111111111111111", "код карты ниже, номер карты: ••••••••••••1111")]
    [InlineData("4111 1111 1111 1111 12/27 123", "•••• •••• •••• 1111 12/27 •••")]
    [InlineData("4111111111111111\n12/2027\n123", "••••••••••••1111\n12/2027\n•••")]
    [InlineData("4111 1111 1111 1111 123", "•••• •••• •••• 1111 •••")]
    public void A_security_code_beside_a_card_is_hidden(string text, string expected) => Assert.Equal(expected, CardMask.Mask(text));

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("cvv 123, код 4567")]
    [InlineData("4111 1111 1111 1112")]
    [InlineData("9111111111111111")]
    [InlineData("12345678901234567890")]
    [InlineData("941111111111111111110")]
    [InlineData("+7 495 123-45-67, 8 (812) 765-43-21")]
    [InlineData("Билет 555-2412345678")]
    [InlineData("GB82 WEST 1234 5698 7654 32 and DE89 3704 0044 0532 0130 00")]
    [InlineData("tracking number: 4111111111111111")]
    [InlineData("4 111 111 111 111 111 rubles")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("x4111111111111111y")]
    public void Anything_else_comes_back_as_the_same_instance(string text) => Assert.Same(text, CardMask.Mask(text));

    [Fact]
    public void A_text_without_a_card_costs_no_allocation()
    {
        const string Text = "Добрый день, рейс SU 1234 12.05.2026, билет 555-2412345678, тел. +7 495 123-45-67, заказ 4000000000000002";
        CardMask.Mask(Text);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            CardMask.Mask(Text);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("4")]
    [InlineData("4 ")]
    [InlineData("4-4")]
    [InlineData("4111111111111111 ")]
    [InlineData("4111 1111 1111 1111 cvv ")]
    [InlineData("order 4000000000000002 ")]
    [InlineData("AB12 CD34 ")]
    [InlineData("DE00 4111111111111111 ")]
    [InlineData("1.......")]
    public void Hostile_texts_take_time_in_proportion_to_their_length(string part)
    {
        var small = Cost(part, 8_000);
        var large = Cost(part, 64_000);

        // A quadratic scan would take 64 times as long; 8 is proportional, the rest is for a busy machine.
        Assert.True(large < 32 * small + TimeSpan.FromMilliseconds(5), $"{small} for 8,000 characters, {large} for 64,000");
        Assert.True(small < TimeSpan.FromMilliseconds(50), $"{small}");
    }

    private static TimeSpan Cost(string part, int length)
    {
        var text = string.Concat(Enumerable.Repeat(part, length / part.Length + 1))[..length];
        CardMask.Mask(text);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            CardMask.Mask(text);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }
        return best;
    }
}
