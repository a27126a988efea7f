using System.Diagnostics.Metrics;
using Chat.Contracts;
using Chat.Server.Messages;
using Chat.Server.Observability;

namespace Chat.Server.Tests.Messages;

public sealed class TextRulesTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData(" kept as it is \n", " kept as it is \n")]
    [InlineData("a\r\nb\tc", "a\nb\tc")]
    [InlineData("привет 👋🏽", "привет 👋🏽")]
    [InlineData("4111 1111 1111 1111", "•••• •••• •••• 1111")]
    public void A_body_is_normalised_and_masked(string text, string expected)
    {
        var result = TextRules.Body(text);

        Assert.Null(result.Error);
        Assert.Equal(expected, result.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \n\t\u00A0")]
    [InlineData("a\0b")]
    [InlineData("a\rb")]
    [InlineData("a\u001Bb")]
    [InlineData("a\u0085b")]
    [InlineData("\u200B")]
    [InlineData("\u2060 \u00AD\uFEFF\u202E\u3164\u2800\uFE0F\U000E0020\n")]
    public void A_blank_body_or_one_with_control_characters_is_invalid(string? text) =>
        Assert.Equal(ErrorCode.Invalid, TextRules.Body(text).Error);

    [Fact]
    public void Halves_of_surrogate_pairs_are_invalid()
    {
        foreach (var text in new[] { "a\uD83D", "\uDC4B", "\uD83Da", "\uDC4B\uD83D" })
            Assert.Equal(ErrorCode.Invalid, TextRules.Body(text).Error);
    }

    [Fact]
    public void Each_text_has_its_length()
    {
        AssertLimit(Limits.BodyLength, text => TextRules.Body(text).Error);
        AssertLimit(Limits.BodyLength, text => TextRules.TransferText(text).Error);
        AssertLimit(Limits.TopicLength, text => TextRules.Topic(text).Error);
        AssertLimit(Limits.TagLength, text => TextRules.Tag(text).Error);
        AssertLimit(Limits.NameLength, text => TextRules.Name(text).Error);
        AssertLimit(Limits.CommentLength, text => TextRules.Comment(text).Error);
        AssertLimit(Limits.PreviewLength, text => TextRules.Preview(text).Error);
        AssertLimit(Limits.FieldNameLength, text => TextRules.Fields(Field(text, "v")).Error);
        AssertLimit(Limits.FieldValueLength, text => TextRules.Fields(Field("n", text)).Error);
    }

    [Fact]
    public void A_line_break_counts_once_however_it_came() =>
        Assert.Null(TextRules.Body(string.Concat(Enumerable.Repeat("\r\n", Limits.BodyLength - 1)) + "x").Error);

    [Fact]
    public void Topics_tags_names_and_names_of_fields_are_one_line()
    {
        Assert.Equal(ErrorCode.Invalid, TextRules.Topic("a\nb").Error);
        Assert.Equal(ErrorCode.Invalid, TextRules.Tag("a\nb").Error);
        Assert.Equal(ErrorCode.Invalid, TextRules.Name("a\tb").Error);
        Assert.Equal(ErrorCode.Invalid, TextRules.Fields(Field("a\nb", "v")).Error);
        Assert.Null(TextRules.Fields(Field("n", "a\nb")).Error);
    }

    [Fact]
    public void Optional_texts_that_are_blank_come_out_as_null()
    {
        foreach (var text in new[] { null, "", "  " })
        {
            Checked<string?>[] results =
            [
                TextRules.Topic(text),
                TextRules.Name(text),
                TextRules.Comment(text),
                TextRules.Preview(text),
                TextRules.Page(text),
                TextRules.Locale(text),
                TextRules.TransferText(text),
            ];
            Assert.All(results, result => Assert.Equal(new Checked<string?>(null, null), result));
        }
        Assert.Equal(ErrorCode.Invalid, TextRules.Tag("  ").Error);
    }

    [Theory]
    [InlineData("https://shop.example/cart?x=1#top", "https://shop.example/cart?x=1#top")]
    [InlineData("http://localhost:5000/", "http://localhost:5000/")]
    [InlineData("https://shop.example/p?card=4111111111111111&y=2", "https://shop.example/p?card=••••••••••••1111&y=2")]
    [InlineData("https://shop.example/p?n=4111%201111%201111%201111", "https://shop.example/p?n=••••%20••••%20••••%201111")]
    [InlineData("https://shop.example/p?n=4111+1111+1111+1111", "https://shop.example/p?n=••••+••••+••••+1111")]
    [InlineData("https://shop.example/4111%201111%201111%201111/p", "https://shop.example/••••%20••••%20••••%201111/p")]
    [InlineData("https://shop.example/4111/1111/1111/1111?x=1", "https://shop.example/••••/••••/••••/1111?x=1")]
    [InlineData("https://shop.example/p?n=4111%0A1111%0A1111%0A1111", "https://shop.example/p?n=••••%0A••••%0A••••%0A1111")]
    [InlineData(
        "https://shop.example/p?n=4111%2525201111%2525201111%2525201111",
        "https://shop.example/p?n=••••%252520••••%252520••••%2525201111"
    )]
    [InlineData("https://shop.example/p?n=%34%31%31%31%201111%201111%201111", "https://shop.example/p?n=••••%20••••%20••••%201111")]
    [InlineData("https://shop.example/p?n=%2534%2531%2531%2531+1111+1111+1111#x", "https://shop.example/p")]
    [InlineData("https://shop.example/%2534111/1111/1111/1111?x=1", "https://shop.example/")]
    public void A_page_keeps_no_card(string page, string expected) => Assert.Equal(expected, TextRules.Page(page).Value);

    [Theory]
    [InlineData("HTTPS://Shop.Example:443/a/../b", "https://shop.example/b")]
    [InlineData("https://shop.example/\u202Egpj.exe?q=\u2028x", "https://shop.example/%E2%80%AEgpj.exe?q=%E2%80%A8x")]
    [InlineData("https://Пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C")]
    [InlineData("http://[::1]:5000/x y", "http://[::1]:5000/x%20y")]
    [InlineData("https://shop.example/?q=a\\b|c#d\\e", "https://shop.example/?q=a%5Cb%7Cc#d%5Ce")]
    public void A_page_is_stored_as_browsers_write_it(string page, string expected) => Assert.Equal(expected, TextRules.Page(page).Value);

    [Fact]
    public void A_page_is_as_long_as_it_is_stored() =>
        Assert.Equal(ErrorCode.TooLarge, TextRules.Page("https://shop.example/" + new string('я', 400)).Error);

    [Theory]
    [InlineData("/cart")]
    [InlineData("javascript:alert(1)")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://shop.example/")]
    [InlineData("https://user:secret@shop.example/")]
    [InlineData("https://")]
    [InlineData("https://4111-1111-1111-1111.example/")]
    [InlineData("https://shop.example\\@evil.example/")]
    [InlineData("https://shop.example/a\\b")]
    [InlineData("https://sh\u202Eop.example/")]
    [InlineData("https://sh\u200Bop.example/")]
    [InlineData("https://shop.example/a\nb")]
    [InlineData("not an address")]
    public void A_page_is_an_absolute_web_address(string page) => Assert.Equal(ErrorCode.Invalid, TextRules.Page(page).Error);

    [Fact]
    public void Fields_are_checked_name_by_name()
    {
        var many = Enumerable.Range(0, Limits.Fields + 1).ToDictionary(i => $"field {i}", _ => "");

        Assert.Equal(ErrorCode.TooLarge, TextRules.Fields(many).Error);
        Assert.Equal(ErrorCode.Invalid, TextRules.Fields(Field(" ", "v")).Error);
        Assert.Equal(ErrorCode.Invalid, TextRules.Fields(Field("n", null!)).Error);
        Assert.Null(TextRules.Fields(null).Value);
        Assert.Equal("••••••••••••1111", TextRules.Fields(Field("n", "4111111111111111")).Value!["n"]);
    }

    [Theory]
    [InlineData("en", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("e", false)]
    [InlineData("en-", false)]
    [InlineData("en\n", false)]
    [InlineData("русский", false)]
    public void A_locale_is_a_language_tag(string locale, bool valid) => Assert.Equal(valid, TextRules.Locale(locale).Error is null);

    [Fact]
    public void A_text_whose_card_numbers_were_masked_is_counted_and_no_other()
    {
        var counted = 0L;
        // Other tests count at the same time, but not on this thread.
        var thread = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == ChatMeter.Meter && instrument.Name == "chat.cards.masked")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted += Environment.CurrentManagedThreadId == thread ? value : 0);
        listener.Start();

        TextRules.Body("4111111111111111 and 5555 5555 5555 4444");
        TextRules.Body("order 4111");

        Assert.Equal(1, counted);
    }

    private static void AssertLimit(int longest, Func<string, ErrorCode?> check)
    {
        Assert.Null(check(new string('x', longest)));
        Assert.Equal(ErrorCode.TooLarge, check(new string('x', longest + 1)));
    }

    private static Dictionary<string, string> Field(string name, string value) => new() { [name] = value };
}
