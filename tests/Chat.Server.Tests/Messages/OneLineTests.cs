using Chat.Contracts;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Operators;

namespace Chat.Server.Tests.Messages;

/// <summary>The rule of every text on one line, and what is made of it.</summary>
public sealed class OneLineTests
{
    /// <summary>What no text on one line may have.</summary>
    public static readonly string[] Bad =
    [
        "a\0b",
        "a\u001Bb",
        "a\nb",
        "a\tb",
        "a\u0085b",
        "a\u2028b",
        "a\u2029b",
        "a\u202Eb",
        "a\u2066b",
        "a\uFFF9b",
        "a\uD83Db",
        "\u200B",
        "\u3164",
        "",
    ];

    [Fact]
    public void No_name_tag_topic_or_id_has_what_one_line_may_not_have()
    {
        foreach (var text in Bad)
        {
            Assert.Equal("", TextRules.NameOrEmpty(text));
            Assert.NotNull(TextRules.Tag(text).Error);
            Assert.True(TextRules.Topic(text) is { Error: not null } or { Value: null }, Escaped(text));
            Assert.False(TextRules.IsText(text, 100, lines: false), Escaped(text));
            Assert.NotNull(TextRules.Fields(new Dictionary<string, string>(StringComparer.Ordinal) { [text] = "v" }).Error);
            Assert.False(OperatorRules.IsEmail($"{text}@b.example"), Escaped(text));
            Assert.NotNull(
                InboxRules.FindFault(
                    new Inbox
                    {
                        Id = default,
                        Key = "k",
                        Name = TextRules.NameOrEmpty(text),
                    }
                )
            );
        }
    }

    [Theory]
    [InlineData(" Anna\u00AD\u200B\uFEFF ", "Anna")]
    [InlineData("Jose\u0301", "Jos\u00E9")]
    [InlineData("\u0438\u0306", "\u0439")]
    [InlineData("👩‍💻", "👩‍💻")]
    [InlineData("می‌خواهم", "می‌خواهم")]
    [InlineData("אבג\u200F!", "אבג\u200F!")]
    public void A_name_is_composed_and_has_nothing_that_does_not_show(string name, string expected) =>
        Assert.Equal(expected, TextRules.Name(name).Value);

    [Theory]
    [InlineData("A\u030A", "\u00C5")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("o\u0302\u0301", "\u1ED1")]
    [InlineData("a\u0302\u0323", "\u1EAD")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\uD558\u11AB", "\uD55C")]
    [InlineData("\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("a\u0315\u0300", "\u00E0\u0315")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    public void Letters_and_their_marks_are_one_where_Unicode_has_one(string text, string expected)
    {
        Assert.Equal(expected, Composition.Compose(text));
        Assert.Equal(expected, Composition.Compose(expected));
    }

    [Fact]
    public void What_is_composed_comes_back_as_the_same_instance()
    {
        const string Text = "Жанна д’Арк, 한국, 東京, Zoë";

        Assert.Same(Text, Composition.Compose(Text));
    }

    [Theory]
    [InlineData("olga@support.example", true)]
    [InlineData("admin@localhost", true)]
    [InlineData(" @ ", false)]
    [InlineData("@", false)]
    [InlineData("a@", false)]
    [InlineData("@b", false)]
    [InlineData("a@b@c", false)]
    [InlineData("a b@c", false)]
    [InlineData("a\u200Bb@c", false)]
    public void An_email_has_something_on_both_sides_of_its_only_at(string email, bool valid) =>
        Assert.Equal(valid, OperatorRules.IsEmail(email));

    [Theory]
    [InlineData("abc", true)]
    [InlineData("abc\n", false)]
    [InlineData("a\0", false)]
    public void A_key_is_letters_digits_and_nothing_behind_them(string key, bool valid) =>
        Assert.Equal(
            valid,
            InboxRules.FindFault(
                new Inbox
                {
                    Id = default,
                    Key = key,
                    Name = "Shop",
                }
            )
                is null
        );

    private static string Escaped(string text) => string.Concat(text.Select(c => $"\\u{(int)c:X4}"));
}
