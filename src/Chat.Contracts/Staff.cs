namespace Chat.Contracts;

/// <summary>A colleague with their load.</summary>
/// <param name="Id">The operator.</param>
/// <param name="Name">Display name.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Availability">Whether they take conversations.</param>
/// <param name="Capacity">How many at once.</param>
/// <param name="Open">How many open ones they have in the inboxes that the caller shares with them.</param>
/// <param name="Online">Whether they are connected.</param>
/// <param name="Avatar">Address of a picture, or absent.</param>
public sealed record OperatorState(
    OperatorId Id,
    string Name,
    OperatorRole Role,
    Availability Availability,
    int Capacity,
    int Open,
    bool Online,
    string? Avatar = null
);

/// <summary>Those who share an inbox with the caller, and the caller.</summary>
/// <param name="Operators">By name.</param>
public sealed record OperatorStateList(IReadOnlyList<OperatorState> Operators);

/// <summary>A colleague came, left, or changed his availability.</summary>
/// <param name="Id">The operator.</param>
/// <param name="Availability">Whether they take conversations.</param>
/// <param name="Capacity">How many at once.</param>
/// <param name="Online">Whether they are connected.</param>
public sealed record OperatorChange(OperatorId Id, Availability Availability, int Capacity, bool Online);

/// <summary>The caller's own availability.</summary>
/// <param name="Availability">Whether they take conversations.</param>
/// <param name="Capacity">How many at once.</param>
public sealed record OwnAvailability(Availability Availability, int Capacity);

/// <summary>Ways in which operators may sign in here.</summary>
/// <param name="Password">With e-mail and password.</param>
/// <param name="Oidc">With an OpenID Connect provider, where one is configured.</param>
public sealed record SignInMethods(bool Password, OidcProvider? Oidc = null);

/// <summary>The OpenID Connect provider of operators.</summary>
/// <param name="Authority">Issuer's address.</param>
/// <param name="ClientId">The console's client id there.</param>
/// <param name="Name">For the button.</param>
public sealed record OidcProvider(string Authority, string ClientId, string Name);

/// <summary>Keeps a visitor out.</summary>
/// <param name="Reason">For colleagues, at most <see cref="Limits.ReasonLength"/>.</param>
public sealed record BlockVisitor(string? Reason = null);
