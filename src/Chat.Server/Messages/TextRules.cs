using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Messages.Masking;
using Chat.Server.Observability;

namespace Chat.Server.Messages;

/// <summary>A checked value, or why it is refused.</summary>
internal readonly record struct Checked<T>(T Value, FieldFault? Fault)
{
    public ErrorCode? Error => Fault?.Refusal;

    public static implicit operator Checked<T>(FieldFault fault) => new(default!, fault);

    public static implicit operator Checked<T>(T value) => new(value, null);

    /// <summary>The refusal of a request in whose field it stands; null: it is good.</summary>
    public Refusal? At(string field) => Fault is null ? null : Refusal.Of(field, Fault);
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

    public static Checked<string?> Name(string? text) => Optional(text, Limits.NameLength, lines: false);

    /// <summary>A name that there must be; empty when the text is none.</summary>
    public static string NameOrEmpty(string? text) => Name(text) is { Error: null, Value: { } name } ? name : "";

    public static Checked<string> Tag(string? text) => Required(text, Limits.TagLength, lines: false);

    /// <summary>A BCP 47 tag.</summary>
    public static Checked<string?> Locale(string? text)
    {
        if (ChatText.IsBlank(text))
            return (string?)null;
        if (text.Length > Limits.LocaleLength)
            return FieldFault.TooLong;
        return LanguageTag().IsMatch(text) ? text : FieldFault.Malformed;
    }

    /// <summary>An absolute http or https address without credentials; see <see cref="WebAddress"/>.</summary>
    public static Checked<string?> Page(string? text)
    {
        if (ChatText.IsBlank(text))
            return (string?)null;
        if (text.Length > Limits.PageLength)
            return FieldFault.TooLong;
        if (!IsWellFormed(text, lines: false) || WebAddress.Normalize(text) is not { } page)
            return FieldFault.Malformed;
        var masked = WebAddress.Mask(page);
        if (masked != page)
            ChatMetrics.CardsMasked.Add(1);
        return masked.Length > Limits.PageLength ? FieldFault.TooLong : masked;
    }

    /// <summary>Answers of the pre-chat form; names and values.</summary>
    public static Checked<IReadOnlyDictionary<string, string>?> Fields(IReadOnlyDictionary<string, string>? fields)
    {
        if (fields is null || fields.Count == 0)
            return default;
        if (fields.Count > Limits.Fields)
            return FieldFault.TooLong;
        var result = new Dictionary<string, string>(fields.Count, StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            var checkedName = Required(name, Limits.FieldNameLength, lines: false);
            var checkedValue = Check(value, Limits.FieldValueLength, lines: true);
            if ((checkedName.Fault ?? checkedValue.Fault) is { } fault)
                return fault;
            if (!result.TryAdd(checkedName.Value, checkedValue.Value))
                return FieldFault.Repeated;
        }
        return result;
    }

    /// <summary>Something before and behind its only @, on one line and without blanks.</summary>
    public static bool IsEmail(string text, int longest) =>
        IsText(text, longest, lines: false)
        && text.Split('@') is [var user, var host]
        && !ChatText.IsBlank(user)
        && !ChatText.IsBlank(host)
        && !text.Any(c => char.IsWhiteSpace(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format);

    /// <summary>Whether a text may be stored as it is: it shows something, is well-formed and not too long. It is not masked.</summary>
    public static bool IsText(string? text, int longest, bool lines) =>
        !ChatText.IsBlank(text) && text.Length <= longest && (lines ? IsWellFormed(text, lines) : OneLine.IsWellFormed(text));

    private static Checked<string> Required(string? text, int longest, bool lines) =>
        text is null ? FieldFault.Required
        : ChatText.IsBlank(text) ? FieldFault.Blank
        : Check(text, longest, lines);

    private static Checked<string?> Optional(string? text, int longest, bool lines)
    {
        if (ChatText.IsBlank(text))
            return (string?)null;
        var result = Check(text, longest, lines);
        return new Checked<string?>(result.Value, result.Fault);
    }

    private static Checked<string> Check([NotNull] string? text, int longest, bool lines)
    {
        if (text is null)
        {
            text = "";
            return FieldFault.Required;
        }
        text = lines ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : OneLine.Clean(text);
        if (text.Length > longest)
            return FieldFault.TooLong;
        if (lines ? !IsWellFormed(text, lines) : !OneLine.IsWellFormed(text))
            return FieldFault.Characters;
        var masked = CardMask.Mask(text);
        if (!ReferenceEquals(masked, text))
            ChatMetrics.CardsMasked.Add(1);
        return masked;
    }

    /// <summary>Whole surrogate pairs and no control characters but, where lines are allowed, line feeds and tabs.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text, bool lines)
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

    [GeneratedRegex("^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex LanguageTag();
}
