using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>An inbox with its settings, for admins.</summary>
/// <param name="Id">The inbox.</param>
/// <param name="Key">Public key, in the host page's snippet. Never changes.</param>
/// <param name="Name">Display name.</param>
/// <param name="Origins">Origins of the host pages, <c>scheme://host[:port]</c>.</param>
/// <param name="AllowNativeApps">Whether clients without an Origin are accepted.</param>
/// <param name="AllowPreview">Whether operators see what a visitor types before it is sent.</param>
/// <param name="ReopenDays">Days after closing within which the visitor's message reopens a conversation.</param>
/// <param name="OpenConversations">How many conversations that are not closed a visitor may have opened.</param>
/// <param name="Members">The enabled operators who are members.</param>
/// <param name="Appearance">How the widget looks.</param>
/// <param name="QueuePosition">Whether queued visitors are told their place.</param>
/// <param name="Form">Asked before a conversation.</param>
/// <param name="Hours">When operators answer; absent: always.</param>
/// <param name="OfflineText">Shown outside these hours, by locale.</param>
public sealed record InboxSettings(
    InboxId Id,
    string Key,
    string Name,
    IReadOnlyList<string> Origins,
    bool AllowNativeApps,
    bool AllowPreview,
    int ReopenDays,
    int OpenConversations,
    IReadOnlyList<OperatorId> Members,
    InboxAppearance Appearance,
    bool QueuePosition,
    PreChatForm? Form = null,
    BusinessHours? Hours = null,
    IReadOnlyDictionary<string, string>? OfflineText = null
);

/// <summary>All inboxes.</summary>
/// <param name="Inboxes">By key.</param>
public sealed record InboxSettingsList(IReadOnlyList<InboxSettings> Inboxes);

/// <summary>An inbox to add.</summary>
/// <param name="Name">1 to <see cref="Limits.NameLength"/>.</param>
/// <param name="Key">1 to 64 letters, digits, '-' and '_'; absent: a random one.</param>
/// <param name="Origins">See <see cref="InboxSettings"/>.</param>
/// <param name="AllowNativeApps">See <see cref="InboxSettings"/>.</param>
/// <param name="AllowPreview">See <see cref="InboxSettings"/>.</param>
/// <param name="ReopenDays">0 to 365; 7 when absent. 0: a closed conversation stays closed.</param>
/// <param name="OpenConversations">1 to 1000; <see cref="Limits.OpenConversations"/> when absent.</param>
/// <param name="Appearance">See <see cref="InboxSettings"/>.</param>
/// <param name="QueuePosition">True when absent.</param>
/// <param name="Form">See <see cref="InboxSettings"/>.</param>
/// <param name="Hours">See <see cref="InboxSettings"/>.</param>
/// <param name="OfflineText">See <see cref="InboxSettings"/>.</param>
public sealed record InboxDraft(
    [property: JsonRequired] string Name,
    string? Key = null,
    IReadOnlyList<string>? Origins = null,
    [property: JsonConverter(typeof(OptionalFlagConverter))] bool AllowNativeApps = false,
    [property: JsonConverter(typeof(OptionalFlagConverter))] bool AllowPreview = false,
    int? ReopenDays = null,
    int? OpenConversations = null,
    InboxAppearance? Appearance = null,
    bool? QueuePosition = null,
    PreChatForm? Form = null,
    BusinessHours? Hours = null,
    IReadOnlyDictionary<string, string>? OfflineText = null
);

/// <summary>Changes of an inbox; what is absent stays.</summary>
/// <param name="Name">1 to <see cref="Limits.NameLength"/>.</param>
/// <param name="Origins">Replaces them all.</param>
/// <param name="AllowNativeApps">See <see cref="InboxSettings"/>.</param>
/// <param name="AllowPreview">See <see cref="InboxSettings"/>.</param>
/// <param name="ReopenDays">0 to 365.</param>
/// <param name="OpenConversations">1 to 1000.</param>
/// <param name="Appearance">Replaces all of it.</param>
/// <param name="QueuePosition">See <see cref="InboxSettings"/>.</param>
/// <param name="Form">Replaces all of it.</param>
/// <param name="Hours">Replaces all of them.</param>
/// <param name="OfflineText">Replaces all of it.</param>
/// <param name="Clear">Parts to be taken away: <c>form</c>, <c>hours</c>, <c>offlineText</c>.</param>
public sealed record InboxPatch(
    string? Name = null,
    IReadOnlyList<string>? Origins = null,
    bool? AllowNativeApps = null,
    bool? AllowPreview = null,
    int? ReopenDays = null,
    int? OpenConversations = null,
    InboxAppearance? Appearance = null,
    bool? QueuePosition = null,
    PreChatForm? Form = null,
    BusinessHours? Hours = null,
    IReadOnlyDictionary<string, string>? OfflineText = null,
    IReadOnlyList<string>? Clear = null
);

/// <summary>A key with which a host site signs who its visitors are. It is never given back.</summary>
/// <param name="Algorithm">HS256, RS256 or ES256; fixed for the key.</param>
/// <param name="Secret">The HS256 secret, 32 bytes or more, or the public key in PEM.</param>
public sealed record IdentityKey([property: JsonRequired] string Algorithm, [property: JsonRequired] string Secret);

/// <summary>A host site's key without its secret.</summary>
/// <param name="Kid">Its name.</param>
/// <param name="Algorithm">HS256, RS256 or ES256.</param>
/// <param name="CreatedAt">When it was added.</param>
public sealed record IdentityKeyFace(string Kid, string Algorithm, DateTimeOffset CreatedAt);

/// <summary>The keys of an inbox's host site.</summary>
/// <param name="Keys">Oldest first.</param>
public sealed record IdentityKeyList(IReadOnlyList<IdentityKeyFace> Keys);

/// <summary>An operator's account, for admins.</summary>
/// <param name="Id">The operator.</param>
/// <param name="Email">The account's name.</param>
/// <param name="Name">Name that visitors see.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Disabled">Whether they are kept from signing in.</param>
/// <param name="Inboxes">Those they are a member of.</param>
/// <param name="Avatar">Address of a picture, or absent.</param>
public sealed record OperatorSettings(
    OperatorId Id,
    string Email,
    string Name,
    OperatorRole Role,
    bool Disabled,
    IReadOnlyList<InboxId> Inboxes,
    string? Avatar = null
);

/// <summary>All operators.</summary>
/// <param name="Operators">In order of adding.</param>
public sealed record OperatorSettingsList(IReadOnlyList<OperatorSettings> Operators);

/// <summary>An operator to add.</summary>
/// <param name="Email">The account's name.</param>
/// <param name="Name">Name that visitors see, 1 to <see cref="Limits.NameLength"/>.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Inboxes">Those they become a member of.</param>
public sealed record OperatorDraft(
    [property: JsonRequired] string Email,
    [property: JsonRequired] string Name,
    [property: JsonConverter(typeof(OptionalWordConverter<OperatorRole>))] OperatorRole Role = OperatorRole.Operator,
    IReadOnlyList<InboxId>? Inboxes = null
);

/// <summary>An operator who was added or has a new password.</summary>
/// <param name="Operator">The account.</param>
/// <param name="Password">Generated, given only now, to be changed at the next sign-in.</param>
public sealed record AddedOperator(OperatorSettings Operator, string Password);

/// <summary>Changes of an operator; what is absent stays. Another role, and disabling, end their sessions.</summary>
/// <param name="Role">What they may do from now on.</param>
/// <param name="Disabled">True keeps them from signing in.</param>
/// <param name="Name">Name that visitors see, 1 to <see cref="Limits.NameLength"/>.</param>
/// <param name="Avatar">https address of a picture; empty takes it away.</param>
public sealed record OperatorPatch(OperatorRole? Role = null, bool? Disabled = null, string? Name = null, string? Avatar = null);

/// <summary>A team with its members and inboxes.</summary>
/// <param name="Id">The team.</param>
/// <param name="Name">Display name.</param>
/// <param name="Members">Operators who share its work.</param>
/// <param name="Inboxes">Inboxes whose conversations may be given to it.</param>
public sealed record TeamSettings(TeamId Id, string Name, IReadOnlyList<OperatorId> Members, IReadOnlyList<InboxId> Inboxes);

/// <summary>All teams.</summary>
/// <param name="Teams">In order of adding.</param>
public sealed record TeamSettingsList(IReadOnlyList<TeamSettings> Teams);

/// <summary>A team to add, or what a team is to be from now on.</summary>
/// <param name="Name">1 to <see cref="Limits.NameLength"/>.</param>
/// <param name="Members">Operators; none when absent.</param>
/// <param name="Inboxes">Inboxes; none when absent.</param>
public sealed record TeamDraft(
    [property: JsonRequired] string Name,
    IReadOnlyList<OperatorId>? Members = null,
    IReadOnlyList<InboxId>? Inboxes = null
);

/// <summary>A new key signs access tokens from now on.</summary>
/// <param name="Kid">Its name.</param>
public sealed record SigningKey(string Kid);
