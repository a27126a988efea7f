using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Messages;

namespace Chat.Server.Inboxes;

/// <summary>What an inbox's appearance, form, hours and texts may be. JSON's null gets into lists and maps whatever their type says.</summary>
internal static partial class SetupRules
{
    private const int UrlLength = 2_000;

    /// <summary>What is wrong, or null; begins with the name of the field.</summary>
    public static string? FindFault(InboxSetup setup)
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
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.UserInfo.Length == 0;

    private static string? FindFault(InboxAppearance appearance)
    {
        if (!Color().IsMatch(appearance.Color))
            return "appearance.color must be #rrggbb.";
        if (appearance.Logo is { } logo && !IsPicture(logo))
            return "appearance.logo must be an https address.";
        return TextFault("appearance.title", appearance.Title)
            ?? TextFault("appearance.launcher", appearance.Launcher)
            ?? TextFault("appearance.greeting", appearance.Greeting);
    }

    private static string? FindFault(PreChatForm form)
    {
        if (form.Fields.Count is 0 or > Limits.FormFields || form.Fields.Any(field => field is null))
            return $"form.fields must be 1 to {Limits.FormFields} fields.";
        if (form.Fields.Any(field => !FieldName().IsMatch(field.Name)))
            return $"form.fields.name must have 1 to {Limits.FieldNameLength} letters, digits, '-' or '_'.";
        if (form.Fields.DistinctBy(field => field.Name, StringComparer.Ordinal).Count() < form.Fields.Count)
            return "form.fields.name must be unique.";
        return form.Fields.Select(FindFault).FirstOrDefault(fault => fault is not null);
    }

    private static string? FindFault(FormField field)
    {
        if (field.Label.Count == 0 || TextFault("form.fields.label", field.Label) is not null)
            return "form.fields.label must be texts by locale.";
        if (field.Type != FormFieldType.Select)
            return field.Options is null ? null : "form.fields.options belong to a select.";
        var options = field.Options ?? [];
        if (options.Count is 0 or > Limits.FormOptions || options.Any(option => option is null))
            return $"form.fields.options must be 1 to {Limits.FormOptions}.";
        if (options.Any(option => option.Label.Count == 0 || TextFault("label", option.Label) is not null))
            return "form.fields.options.label must be texts by locale.";
        // Answers come without them, and are compared as they are.
        if (options.Any(option => !TextRules.IsText(option.Value, Limits.NameLength, lines: false) || option.Value.Trim() != option.Value))
            return $"form.fields.options.value must have 1 to {Limits.NameLength} characters, and no blanks around.";
        return options.DistinctBy(option => option.Value, StringComparer.Ordinal).Count() < options.Count
            ? "form.fields.options.value must be unique."
            : null;
    }

    private static string? TextFault(string name, IReadOnlyDictionary<string, string>? texts)
    {
        if (texts is null)
            return null;
        if (texts.Count > Limits.Locales)
            return $"{name} has at most {Limits.Locales} locales.";
        foreach (var (locale, text) in texts)
        {
            if (TextRules.Locale(locale) is not { Error: null, Value: not null })
                return $"{name} is a map of locales, such as en, to texts.";
            if (!TextRules.IsText(text, Limits.LocalTextLength, lines: true))
                return $"{name} must have 1 to {Limits.LocalTextLength} characters in each locale.";
        }
        return null;
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Color();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}\\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FieldName();
}
