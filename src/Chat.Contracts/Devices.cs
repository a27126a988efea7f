using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Wakes the caller's device for messages that it does not have. Also <c>PUT /api/v1/me/devices/{deviceId}</c>.</summary>
/// <param name="Platform">What takes the push: a word that the service which sends it knows, such as <c>fcm</c> or <c>apns</c>. At most 32 characters.</param>
/// <param name="Token">The device's address there, at most 4,096 characters.</param>
public sealed record RegisterDevice([property: JsonRequired] string Platform, [property: JsonRequired] string Token);

/// <summary>What the push webhook takes: one device, one conversation, what is new in it.</summary>
/// <param name="Type">Always <c>push</c>.</param>
/// <param name="Timestamp">When this attempt was made.</param>
/// <param name="Device">Where to.</param>
/// <param name="VisitorId">Whom.</param>
/// <param name="ConversationId">Where it happened: newer ones of the same conversation replace this one.</param>
/// <param name="Seq">The newest message.</param>
/// <param name="Unread">How many messages of the conversation the visitor has not read.</param>
/// <param name="From">Display name of its author; absent when none is known.</param>
/// <param name="Text">At most <see cref="Limits.RowTextLength"/> characters of it.</param>
public sealed record PushNotice(
    string Type,
    DateTimeOffset Timestamp,
    PushDevice Device,
    VisitorId VisitorId,
    ConversationId ConversationId,
    int Seq,
    int Unread,
    string? From,
    string Text
);

/// <summary>A device to be woken.</summary>
/// <param name="DeviceId">As in its sessions.</param>
/// <param name="Platform">As registered.</param>
/// <param name="Token">As registered.</param>
public sealed record PushDevice(Guid DeviceId, string Platform, string Token);
