using System.Text.Json.Serialization;
using Chat.Contracts;

namespace Chat.Server.Inboxes;

/// <summary>The part of an inbox's settings that its widget shows; one JSON value in the database.</summary>
internal sealed record InboxSetup
{
    public static InboxSetup Default { get; } = new();

    public InboxAppearance Appearance { get; init; } = new();

    /// <summary>Whether queued visitors are told their place.</summary>
    public bool QueuePosition { get; init; } = true;

    public PreChatForm? Form { get; init; }

    /// <summary>Null: always open.</summary>
    public BusinessHours? Hours { get; init; }

    public IReadOnlyDictionary<string, string>? OfflineText { get; init; }

    /// <summary>Names of the parts that can be taken away.</summary>
    public static bool CanClear(string part) => part is "form" or "hours" or "offlineText";

    /// <summary>What is null stays.</summary>
    public InboxSetup With(
        InboxAppearance? appearance,
        bool? queuePosition,
        PreChatForm? form,
        BusinessHours? hours,
        IReadOnlyDictionary<string, string>? offlineText
    ) =>
        new()
        {
            Appearance = appearance ?? Appearance,
            QueuePosition = queuePosition ?? QueuePosition,
            Form = form ?? Form,
            Hours = hours ?? Hours,
            OfflineText = offlineText ?? OfflineText,
        };

    public InboxSetup Without(IReadOnlyCollection<string> parts) =>
        this with
        {
            Form = parts.Contains("form") ? null : Form,
            Hours = parts.Contains("hours") ? null : Hours,
            OfflineText = parts.Contains("offlineText") ? null : OfflineText,
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(InboxSetup))]
internal sealed partial class SetupJson : JsonSerializerContext;
