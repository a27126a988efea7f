using System.Text;
using Chat.Contracts;

namespace Chat.Server.Tests.Messages;

public sealed class ChatTextTests
{
    /// <summary>What browsers take for white space, for characters that do not show, and the blank of Braille: as `isBlank` of the screens sees them.</summary>
    private const string Blank =
        "9-d 20-20 85-85 a0-a0 ad-ad 34f-34f 61c-61c 115f-1160 1680-1680 17b4-17b5 180b-180f 2000-200f 2028-202f 205f-206f 2800-2800 3000-3000 "
        + "3164-3164 fe00-fe0f feff-feff ffa0-ffa0 fff0-fff8 1bca0-1bca3 1d173-1d17a e0000-e0fff";

    [Fact]
    public void A_character_is_blank_here_where_it_is_blank_in_browsers()
    {
        var blank = new HashSet<int>();
        foreach (var range in Blank.Split(' ').Select(range => range.Split('-').Select(point => Convert.ToInt32(point, 16)).ToArray()))
            blank.UnionWith(Enumerable.Range(range[0], range[1] - range[0] + 1));

        for (var point = 0; point <= 0x10FFFF; point++)
        {
            if (Rune.IsValid(point))
                Assert.True(blank.Contains(point) == ChatText.IsBlank(new Rune(point).ToString()), $"U+{point:X4}");
        }
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData(" \u200B\n", true)]
    [InlineData("\u200B.", false)]
    [InlineData("👩‍💻", false)]
    public void A_text_is_blank_when_all_of_it_is(string? text, bool blank) => Assert.Equal(blank, ChatText.IsBlank(text));
}
