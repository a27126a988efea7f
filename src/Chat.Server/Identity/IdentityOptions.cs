using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Identity;

/// <summary>Who may call, and for how long.</summary>
internal sealed class IdentityOptions
{
    public const string Section = "Identity";

    /// <summary>
    /// 32 bytes in base64: every secret in the database lies encrypted under it, and refresh tokens are signed with a key derived from it. All nodes
    /// need the same one. Empty: a file <c>master.key</c> in the data folder, made at the first start; possible only with the embedded database.
    /// </summary>
    public string MasterKey { get; set; } = "";

    /// <summary>
    /// Origins under which this service is reached, <c>scheme://host[:port]</c>, besides the host that a request names. Needed only when a proxy
    /// changes the Host header.
    /// </summary>
    public string[] PublicOrigins { get; set; } = [];

    /// <summary>Life of an access token, minutes. Sockets end with it and come back with a new one.</summary>
    [Range(1, 60)]
    public int AccessTokenMinutes { get; set; } = 15;

    /// <summary>How long a visitor's device stays known after its last visit, days.</summary>
    [Range(1, 730)]
    public int VisitorSessionDays { get; set; } = 90;

    /// <summary>How long an operator's browser stays signed in after its last use, days.</summary>
    [Range(1, 90)]
    public int OperatorSessionDays { get; set; } = 7;

    /// <summary>Operator sessions that one network address may ask of one node a minute. 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int OperatorSessionsPerMinute { get; set; } = 60;

    /// <summary>Passwords that may be tried for one e-mail on one node a minute, whether an account has it or not. 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int PasswordsPerMinute { get; set; } = 10;

    /// <summary>
    /// Whether operators may sign in with e-mail and password. Default true; false only with an OpenID Connect provider, which then is the only way in.
    /// </summary>
    public bool PasswordSignIn { get; set; } = true;

    /// <summary>Operators may also sign in with a company's OpenID Connect provider.</summary>
    public OidcOptions Oidc { get; set; } = new();

    public TimeSpan AccessTokenLife => TimeSpan.FromMinutes(AccessTokenMinutes);

    public TimeSpan VisitorSessionLife => TimeSpan.FromDays(VisitorSessionDays);

    public TimeSpan OperatorSessionLife => TimeSpan.FromDays(OperatorSessionDays);

    /// <summary>What is wrong with the options as a whole, or null.</summary>
    public string? FindFault()
    {
        if (MasterKey.Length > 0 && !Identity.MasterKey.TryParse(MasterKey, out _))
            return "Identity:MasterKey must be 32 bytes in base64.";
        if (PublicOrigins.FirstOrDefault(origin => OriginRules.Normalize(origin) is null) is { } malformed)
            return $"Identity:PublicOrigins has '{malformed}', which is not scheme://host[:port].";
        if (!PasswordSignIn && !Oidc.IsOn)
            return "Identity:PasswordSignIn is false and Identity:Oidc:Authority is not set: no operator could sign in.";
        return Oidc.FindFault();
    }
}

/// <summary>An OpenID Connect provider for operators.</summary>
internal sealed class OidcOptions
{
    /// <summary>Issuer's address; its discovery document is read from there. Empty: off. https, or http on loopback.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The audience of its ID tokens: the console's client id there.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>What the console's button calls it.</summary>
    public string Name { get; set; } = "OpenID Connect";

    public bool IsOn => Authority.Length > 0;

    public string? FindFault()
    {
        if (!IsOn)
            return null;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority))
            return "Identity:Oidc:Authority must be an absolute address.";
        if (authority.Scheme != Uri.UriSchemeHttps && !(authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback))
            return "Identity:Oidc:Authority must be https (http only on loopback).";
        return ClientId.Length > 0 ? null : "Identity:Oidc:ClientId must be set when Identity:Oidc:Authority is.";
    }
}
