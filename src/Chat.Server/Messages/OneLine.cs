using System.Buffers;

namespace Chat.Server.Messages;

/// <summary>
/// The rule of every text on one line: names, topics, tags, e-mails, keys. Control characters, line and paragraph separators and characters that turn the
/// direction of what follows are refused: they make one line look like two, or like another one. What shows nothing is taken out, because titles of
/// pages have it, and letters are composed (NFC): what looks alike is the same.
/// </summary>
internal static class OneLine
{
    /// <summary>Line and paragraph separator, annotations; embeddings, overrides and isolates.</summary>
    public static readonly SearchValues<char> Refused = SearchValues.Create(
        "\u2028\u2029\uFFF9\uFFFA\uFFFB\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069"
    );

    // Soft hyphen, blanks without width, invisible operators, old shaping controls. Joiners, marks of direction and selectors stay: names and emojis
    // need them.
    private static readonly SearchValues<char> Stray = SearchValues.Create(
        "\u00AD\u180E\u200B\u2060\u2061\u2062\u2063\u2064\u206A\u206B\u206C\u206D\u206E\u206F\uFEFF"
    );

    /// <summary>Trimmed, composed and without what shows nothing. What is not well-formed stays so.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().ContainsAny(Stray))
            text = string.Concat(text.Where(c => !Stray.Contains(c)));
        text = text.Trim();
        return IsWellFormed(text) ? Composition.Compose(text) : text;
    }

    /// <summary>Whole surrogate pairs, no control characters, and nothing else that is refused.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => !text.ContainsAny(Refused) && TextRules.IsWellFormed(text, lines: false);
}
