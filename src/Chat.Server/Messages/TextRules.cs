using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Observability;

namespace Chat.Server.Messages;

/// <summary>A checked value, or why it is refused.</summary>
internal readonly record struct Checked<T>(T Value, ErrorCode? Error)
{
    public static implicit operator Checked<T>(ErrorCode error) => new(default!, error);

    public static implicit operator Checked<T>(T value) => new(value, null);
}

/// <summary>
/// The one gate for free text: what passes is well-formed, within <see cref="Limits"/> and without card numbers, and may be stored. Refuses, never
/// throws. Optional texts that are absent or blank come out as null.
/// </summary>
internal static partial class TextRules
{
    public static Checked<string> Body(string? text) => Required(text, Limits.BodyLength, lines: true);

    /// <summary>The word to the next operator at a transfer.</summary>
    public static Checked<string?> TransferText(string? text) => Optional(text, Limits.BodyLength, lines: true);

    public static Checked<string?> Comment(string? text) => Optional(text, Limits.CommentLength, lines: true);

    /// <summary>Why a visitor is blocked.</summary>
    public static Checked<string?> Reason(string? text) => Optional(text, Limits.ReasonLength, lines: true);

    public static Checked<string?> Preview(string? text) => Optional(text, Limits.PreviewLength, lines: true);

    public static Checked<string?> Topic(string? text) => Optional(text, Limits.TopicLength, lines: false);

    public static Checked<string?> Name(string? text) => Optional(text?.Trim(), Limits.NameLength, lines: false);

    public static Checked<string> Tag(string? text) => Required(text?.Trim(), Limits.TagLength, lines: false);

    /// <summary>A BCP 47 tag.</summary>
    public static Checked<string?> Locale(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return (string?)null;
        if (text.Length > Limits.LocaleLength)
            return ErrorCode.TooLarge;
        return LanguageTag().IsMatch(text) ? text : ErrorCode.Invalid;
    }

    /// <summary>
    /// An absolute http or https address. A card that stands in it with escapes, where masking by characters cannot reach, costs it the part in which
    /// it stands.
    /// </summary>
    public static Checked<string?> Page(string? text)
    {
        var result = Optional(text?.Trim(), Limits.PageLength, lines: false);
        if (result is not { Error: null, Value: { } page })
            return result;
        if (!Uri.TryCreate(page, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            return ErrorCode.Invalid;
        if (!HidesCard(page))
            return page;
        var path = uri.GetLeftPart(UriPartial.Path);
        return HidesCard(path) ? uri.GetLeftPart(UriPartial.Authority) + "/" : path;
    }

    /// <summary>Answers of the pre-chat form; names and values.</summary>
    public static Checked<IReadOnlyDictionary<string, string>?> Fields(IReadOnlyDictionary<string, string>? fields)
    {
        if (fields is null || fields.Count == 0)
            return default;
        if (fields.Count > Limits.Fields)
            return ErrorCode.TooLarge;
        var result = new Dictionary<string, string>(fields.Count, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            var checkedName = Required(name, Limits.FieldNameLength, lines: false);
            var checkedValue = Check(value, Limits.FieldValueLength, lines: true);
            if ((checkedName.Error ?? checkedValue.Error) is { } error)
                return error;
            if (!result.TryAdd(checkedName.Value, checkedValue.Value))
                return ErrorCode.Invalid;
        }
        return result;
    }

    /// <summary>Whether an admin's text may be stored as it is: not blank, well-formed, not too long. It is not masked.</summary>
    public static bool IsText(string? text, int longest, bool lines) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= longest && IsWellFormed(text, lines);

    private static Checked<string> Required(string? text, int longest, bool lines) =>
        string.IsNullOrWhiteSpace(text) ? ErrorCode.Invalid : Check(text, longest, lines);

    private static Checked<string?> Optional(string? text, int longest, bool lines)
    {
        if (string.IsNullOrWhiteSpace(text))
            return (string?)null;
        var result = Check(text, longest, lines);
        return new Checked<string?>(result.Value, result.Error);
    }

    private static Checked<string> Check([NotNull] string? text, int longest, bool lines)
    {
        if (text is null)
        {
            text = "";
            return ErrorCode.Invalid;
        }
        if (text.Contains('\r'))
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (text.Length > longest)
            return ErrorCode.TooLarge;
        if (!IsWellFormed(text, lines))
            return ErrorCode.Invalid;
        var masked = CardMask.Mask(text);
        if (!ReferenceEquals(masked, text))
            ChatMetrics.CardsMasked.Add(1);
        return masked;
    }

    /// <summary>Whole surrogate pairs and no control characters but, where lines are allowed, line feeds and tabs.</summary>
    private static bool IsWellFormed(ReadOnlySpan<char> text, bool lines)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) && !(lines && c is '\n' or '\t'))
                return false;
            if (!char.IsSurrogate(c))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(c, text[i + 1]))
                return false;
            i++;
        }
        return true;
    }

    private static bool HidesCard(string page)
    {
        var plain = Uri.UnescapeDataString(page).Replace('+', ' ');
        return !ReferenceEquals(CardMask.Mask(plain), plain);
    }

    [GeneratedRegex("^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex LanguageTag();
}
