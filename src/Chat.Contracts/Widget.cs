using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Corner of the host page in which the widget sits.</summary>
[JsonConverter(typeof(WordConverter<WidgetPosition>))]
public enum WidgetPosition
{
    /// <summary>Bottom right.</summary>
    Right = 0,

    /// <summary>Bottom left.</summary>
    Left = 1,
}

/// <summary>Colours of the widget's background and text.</summary>
[JsonConverter(typeof(WordConverter<WidgetTheme>))]
public enum WidgetTheme
{
    /// <summary>As the visitor's system wants it.</summary>
    Auto = 0,

    /// <summary>Dark on light.</summary>
    Light = 1,

    /// <summary>Light on dark.</summary>
    Dark = 2,
}

/// <summary>How an inbox's widget looks. Texts are maps of a locale to the text in it, at most <see cref="Limits.Locales"/>.</summary>
/// <param name="Color">Of the launcher and of the visitor's messages, <c>#rrggbb</c>.</param>
/// <param name="Position">Corner of the page.</param>
/// <param name="Theme">Light, dark, or as the visitor's system.</param>
/// <param name="Title">Head line; absent: the inbox's name.</param>
/// <param name="Launcher">Text beside the launcher's icon.</param>
/// <param name="Greeting">Shown before the first message.</param>
/// <param name="Logo">https address of a picture.</param>
public sealed record InboxAppearance(
    [property: JsonConverter(typeof(OptionalColorConverter))] string Color = InboxAppearance.DefaultColor,
    [property: JsonConverter(typeof(OptionalWordConverter<WidgetPosition>))] WidgetPosition Position = WidgetPosition.Right,
    [property: JsonConverter(typeof(OptionalWordConverter<WidgetTheme>))] WidgetTheme Theme = WidgetTheme.Auto,
    IReadOnlyDictionary<string, string>? Title = null,
    IReadOnlyDictionary<string, string>? Launcher = null,
    IReadOnlyDictionary<string, string>? Greeting = null,
    string? Logo = null
)
{
    /// <summary>Contrast with white 6.1:1, with black 3.4:1.</summary>
    public const string DefaultColor = "#2457d6";
}

/// <summary>What a field of the form asks for.</summary>
[JsonConverter(typeof(WordConverter<FormFieldType>))]
public enum FormFieldType
{
    /// <summary>One line.</summary>
    Text = 0,

    /// <summary>An e-mail address: has an @.</summary>
    Email = 1,

    /// <summary>A telephone number.</summary>
    Phone = 2,

    /// <summary>One of the options.</summary>
    Select = 3,

    /// <summary>Several lines.</summary>
    Multiline = 4,
}

/// <summary>A choice of a select field.</summary>
/// <param name="Value">What is answered.</param>
/// <param name="Label">What is shown, by locale.</param>
public sealed record FormOption([property: JsonRequired] string Value, [property: JsonRequired] IReadOnlyDictionary<string, string> Label);

/// <summary>A field of the form.</summary>
/// <param name="Name">Key of its answer, 1 to <see cref="Limits.FieldNameLength"/> letters, digits, '-' and '_'.</param>
/// <param name="Type">What it asks for.</param>
/// <param name="Label">What is shown, by locale.</param>
/// <param name="Required">Whether a conversation cannot be opened without it.</param>
/// <param name="Options">Of a select: 1 to <see cref="Limits.FormOptions"/>.</param>
public sealed record FormField(
    [property: JsonRequired] string Name,
    [property: JsonRequired] FormFieldType Type,
    [property: JsonRequired] IReadOnlyDictionary<string, string> Label,
    [property: JsonConverter(typeof(OptionalFlagConverter))] bool Required = false,
    IReadOnlyList<FormOption>? Options = null
);

/// <summary>Asked before a conversation; answered in <see cref="OpenConversation.Fields"/>.</summary>
/// <param name="Fields">1 to <see cref="Limits.FormFields"/>, in order.</param>
public sealed record PreChatForm([property: JsonRequired] IReadOnlyList<FormField> Fields);

/// <summary>A time of a weekday in which operators answer.</summary>
/// <param name="Day">1 (Monday) to 7.</param>
/// <param name="From"><c>HH:mm</c>, inclusive.</param>
/// <param name="To"><c>HH:mm</c>, exclusive, later than <paramref name="From"/>; <c>24:00</c> is the day's end.</param>
public sealed record OpenPeriod([property: JsonRequired] int Day, [property: JsonRequired] string From, [property: JsonRequired] string To);

/// <summary>When operators answer.</summary>
/// <param name="TimeZone">IANA name, such as <c>Europe/Berlin</c>.</param>
/// <param name="Weekly">Open times, at most <see cref="Limits.OpenPeriods"/>; none: always closed.</param>
/// <param name="Holidays">Dates (<c>yyyy-MM-dd</c>) that are closed all day, at most <see cref="Limits.Holidays"/>.</param>
public sealed record BusinessHours(
    [property: JsonRequired] string TimeZone,
    [property: JsonRequired] IReadOnlyList<OpenPeriod> Weekly,
    IReadOnlyList<string>? Holidays = null
);

/// <summary>Business hours as of now.</summary>
/// <param name="Open">Whether it is business time.</param>
/// <param name="OpensAt">When closed: the next opening; absent when none comes within a year.</param>
public sealed record OpenState(bool Open, DateTimeOffset? OpensAt = null);

/// <summary><c>GET /api/v1/widget/{key}</c>: what the widget needs before anybody is known.</summary>
/// <param name="Key">The inbox's key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Appearance">How it looks.</param>
/// <param name="Online">Whether some operator of the inbox is connected and available.</param>
/// <param name="QueuePosition">Whether queued visitors are told their place.</param>
/// <param name="Form">Asked before a conversation.</param>
/// <param name="Hours">Absent: always open.</param>
/// <param name="OfflineText">Shown when closed, by locale.</param>
public sealed record WidgetSettings(
    string Key,
    string Name,
    InboxAppearance Appearance,
    bool Online,
    bool QueuePosition,
    PreChatForm? Form = null,
    OpenState? Hours = null,
    IReadOnlyDictionary<string, string>? OfflineText = null
);
