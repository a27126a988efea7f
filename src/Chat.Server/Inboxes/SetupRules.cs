using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Messages;
using Chat.Server.Messages.Masking;

namespace Chat.Server.Inboxes;

/// <summary>What an inbox's appearance, form, hours and texts may be. JSON's null gets into lists and maps whatever their type says.</summary>
internal static partial class SetupRules
{
    private const int UrlLength = 2_000;

    /// <summary>What is wrong, in a sentence that begins with the name of the field; null: nothing.</summary>
    public static Refusal? FindFault(InboxSetup setup)
    {
        var fault = FindFault(setup.Appearance);
        if (fault is null && setup.Form is { } form)
            fault = FindFault(form);
        if (fault is null && setup.Hours is { } hours)
            fault = OpeningHours.FindFault(hours);
        return fault ?? TextFault("offlineText", setup.OfflineText);
    }

    /// <summary>An https address, for pictures that other people's browsers load.</summary>
    public static bool IsPicture(string url) =>
        url.Length <= UrlLength
        && TextRules.IsText(url, UrlLength, lines: false)
        && WebAddress.Normalize(url) is { } address
        && address.StartsWith("https:", StringComparison.Ordinal)
        && WebAddress.Mask(address) == address;

    private static Refusal? FindFault(InboxAppearance appearance)
    {
        if (!Color().IsMatch(appearance.Color))
            return Malformed("appearance.color", "must be #rrggbb.");
        if (appearance.Logo is { } logo && !IsPicture(logo))
            return Malformed("appearance.logo", "must be an https address.");
        return TextFault("appearance.title", appearance.Title, lines: false)
            ?? TextFault("appearance.launcher", appearance.Launcher, lines: false)
            ?? TextFault("appearance.greeting", appearance.Greeting);
    }

    private static Refusal? FindFault(PreChatForm form)
    {
        if (form.Fields.Count is 0 or > Limits.FormFields || form.Fields.Any(field => field is null))
            return OutOfRange("form.fields", $"must be 1 to {Limits.FormFields} fields.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < form.Fields.Count; i++)
        {
            var (field, path) = (form.Fields[i], $"form.fields[{i}]");
            if (!FieldName().IsMatch(field.Name) || CardMask.FindsIn(field.Name))
                return Malformed($"{path}.name", $"must have 1 to {Limits.FieldNameLength} letters, digits, '-' or '_'.");
            if (!names.Add(field.Name))
                return Refusal.Of($"{path}.name", FieldFault.Repeated, $"{path}.name must be unique.");
            if (FindFault(path, field) is { } fault)
                return fault;
        }
        return null;
    }

    private static Refusal? FindFault(string path, FormField field)
    {
        if (field.Label.Count == 0 || TextFault("label", field.Label, lines: false) is not null)
            return Malformed($"{path}.label", "must be texts by locale.");
        if (field.Type != FormFieldType.Select)
            return field.Options is null
                ? null
                : Refusal.Of($"{path}.options", FieldFault.NotAllowed, $"{path}.options belong to a select.");
        return FindFault($"{path}.options", field.Options ?? []);
    }

    private static Refusal? FindFault(string path, IReadOnlyList<FormOption> options)
    {
        if (options.Count is 0 or > Limits.FormOptions || options.Any(option => option is null))
            return OutOfRange(path, $"must be 1 to {Limits.FormOptions}.");
        var values = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Count; i++)
        {
            var option = options[i];
            if (option.Label.Count == 0 || TextFault("label", option.Label, lines: false) is not null)
                return Malformed($"{path}[{i}].label", "must be texts by locale.");
            if (!IsChoice(option.Value))
                return Malformed($"{path}[{i}].value", $"must have 1 to {Limits.NameLength} characters, and no blanks around.");
            if (!values.Add(option.Value))
                return Refusal.Of($"{path}[{i}].value", FieldFault.Repeated, $"{path}[{i}].value must be unique.");
        }
        return null;
    }

    /// <summary>Answers come without blanks around and with cards hidden, and are compared as they are.</summary>
    private static bool IsChoice(string value) =>
        TextRules.IsText(value, Limits.NameLength, lines: false) && value.Trim() == value && !CardMask.FindsIn(value);

    private static Refusal? TextFault(string name, IReadOnlyDictionary<string, string>? texts, bool lines = true)
    {
        if (texts is null)
            return null;
        if (texts.Count > Limits.Locales)
            return OutOfRange(name, $"has at most {Limits.Locales} locales.");
        foreach (var (locale, text) in texts)
        {
            if (TextRules.Locale(locale) is not { Error: null, Value: not null })
                return Malformed(name, "is a map of locales, such as en, to texts.");
            if (!TextRules.IsText(text, Limits.LocalTextLength, lines))
                return Malformed(
                    $"{name}.{locale}",
                    $"must have 1 to {Limits.LocalTextLength} characters in each locale{(lines ? "" : ", on one line")}."
                );
            if (CardMask.FindsIn(text))
                return Refusal.Of($"{name}.{locale}", FieldFault.Card, $"{name} must not have the number of a card.");
        }
        return null;
    }

    private static Refusal Malformed(string field, string must) => Refusal.Of(field, FieldFault.Malformed, $"{field} {must}");

    private static Refusal OutOfRange(string field, string must) => Refusal.Of(field, FieldFault.OutOfRange, $"{field} {must}");

    [GeneratedRegex("^#[0-9a-fA-F]{6}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Color();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldName();
}
