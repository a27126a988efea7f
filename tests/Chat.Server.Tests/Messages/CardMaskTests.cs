using Chat.Server.Messages.Masking;

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
    [InlineData("4111\n1111\n1111\n1111", "••••\n••••\n••••\n1111")]
    [InlineData("4111 1111\r\n1111 1111", "•••• ••••\r\n•••• 1111")]
    [InlineData("4111    1111    1111    1111", "••••    ••••    ••••    1111")]
    [InlineData("4111,1111,1111,1111", "••••,••••,••••,1111")]
    [InlineData("4111, 1111, 1111, 1111", "••••, ••••, ••••, 1111")]
    [InlineData("4111/1111/1111/1111", "••••/••••/••••/1111")]
    [InlineData("4111_1111_1111_1111", "••••_••••_••••_1111")]
    [InlineData("_4111111111111111_", "_••••••••••••1111_")]
    [InlineData("4111|1111|1111|1111", "••••|••••|••••|1111")]
    [InlineData("4111+1111+1111+1111", "••••+••••+••••+1111")]
    [InlineData("4111\u200E1111\u200F1111\u200E1111", "••••\u200E••••\u200F••••\u200E1111")]
    [InlineData("\u202A4111\u202C 1111 11\u200B11 1111", "\u202A••••\u202C •••• ••\u200B•• 1111")]
    [InlineData("४१११ ११११ ११११ ११११", "•••• •••• •••• ११११")]
    [InlineData("𝟒𝟏𝟏𝟏 1111 1111 1111", "•••••••• •••• •••• 1111")]
    [InlineData("4\uFE0F\u20E31\uFE0F\u20E311 1111 1111 1111", "•\uFE0F\u20E3•\uFE0F\u20E3•• •••• •••• 1111")]
    [InlineData("PAN4111111111111111", "PAN••••••••••••1111")]
    [InlineData("PAN4111 1111 1111 1111", "PAN•••• •••• •••• 1111")]
    [InlineData("https://shop.example/p?n=4111%201111%201111%201111", "https://shop.example/p?n=••••%20••••%20••••%201111")]
    [InlineData("n=%204111%0A1111%25201111%2525201111", "n=%20••••%0A••••%2520••••%2525201111")]
    [InlineData("4111 1111 1111 1111#1", "•••• •••• •••• 1111#1")]
    [InlineData("41111111 11111111 is my card", "41111111 11111111 is my card")]
    [InlineData("my card 41111111 11111111", "my card •••••••• ••••1111")]
    [InlineData("41 11 11 11 11 11 11 11 12/27", "•• •• •• •• •• •• 11 11 12/27")]
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
    [InlineData("4111 1111 1111 1111/12/27", "•••• •••• •••• 1111/12/27")]
    [InlineData("4111 1111 1111 1111/12", "•••• •••• •••• 1111/••")]
    [InlineData("4111 1111 1111 1111/123", "•••• •••• •••• 1111/•••")]
    [InlineData("4111-1111-1111-1111:123", "••••-••••-••••-1111:•••")]
    [InlineData("4111/1111/1111/1111/12/27/123", "••••/••••/••••/1111/12/27/•••")]
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

    // A quadratic scan of so long a text would not end before the test is given up.
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
    [InlineData("4\u200B")]
    [InlineData("4\u200B\u200B\u200B\u200B\u200B\u200B\u200Bx")]
    [InlineData("%25")]
    [InlineData("4%2525252525252520")]
    [InlineData("𝟒𝟏𝟏𝟏 ")]
    [InlineData("\uD835")]
    public async Task Hostile_texts_take_time_in_proportion_to_their_length(string part)
    {
        const int Length = 500_000;
        var text = string.Concat(Enumerable.Repeat(part, Length / part.Length));

        var masking = Task.Run(() => CardMask.Mask(text), TestContext.Current.CancellationToken);

        Assert.Equal(text.Length, (await masking.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public void One_long_gap_is_read_no_more_often_than_a_card_has_digits()
    {
        var text = string.Concat(Enumerable.Repeat("4" + new string('\u200B', 50_000), 10)) + "x";

        Assert.Same(text, CardMask.Mask(text));
    }
}
