using Chat.Server.Identity;
using Chat.Server.Messages;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Operators;

/// <summary>
/// Sign-in with an ID token of the configured provider. It never makes accounts: the first time it finds one by verified e-mail and remembers the
/// subject, from then on only the subject counts, since an e-mail address may pass to another person.
/// </summary>
internal sealed partial class OidcSignIn(
    OperatorStore operators,
    UsedIdTokens used,
    IOptions<IdentityOptions> options,
    TimeProvider time,
    ILogger<OidcSignIn> logger
)
{
    private const int MaxLength = 16 * 1024;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    // No symmetric ones: the provider's public keys would be their secret.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
    ];

    private readonly Lazy<ConfigurationManager<OpenIdConnectConfiguration>?> _provider = new(() => ProviderOf(options.Value.Oidc));

    /// <param name="idToken">As the provider gave it.</param>
    /// <param name="nonce">What the page sent to the provider with its question; the token must have the same, or neither has one.</param>
    /// <param name="cancellation">Of the request.</param>
    public async Task<SignIn> TryAsync(string idToken, string? nonce, CancellationToken cancellation)
    {
        if (_provider.Value is not { } provider || idToken.Length > MaxLength)
            return default;
        if (!await CanReadAsync(provider, cancellation))
            return new SignIn(null, IsUnavailable: true);
        var result = await Handler.ValidateTokenAsync(idToken, Rules(provider));
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token || !JwtHeaders.ArePlain(token))
            return default;
        if (!TextRules.IsText(token.Subject, MaxLength, lines: false) || !TextRules.IsText(token.Issuer, MaxLength, lines: false))
            return default;
        if (NonceOf(token) != nonce)
            return default;
        // Whoever got hold of it afterwards, from a log or a browser's history, has nothing.
        if (!await used.TryUseAsync(token, new DateTimeOffset(token.ValidTo) + Skew, cancellation))
            return default;

        var account = await operators.FindBySubjectAsync(token.Issuer, token.Subject, cancellation) ?? await BindAsync(token, cancellation);
        return account is { Disabled: false } ? new SignIn(account) : default;
    }

    // Asked first, because the validation takes a provider that does not answer for a token that is not good. Answers from memory for hours.
    private async Task<bool> CanReadAsync(ConfigurationManager<OpenIdConnectConfiguration> provider, CancellationToken cancellation)
    {
        try
        {
            await provider.GetConfigurationAsync(cancellation);
            return true;
        }
        catch (InvalidOperationException exception)
        {
            LogProviderSilent(exception);
            return false;
        }
    }

    private async Task<OperatorAccount?> BindAsync(JsonWebToken token, CancellationToken cancellation)
    {
        if (!token.TryGetPayloadValue<string>("email", out var email) || !OperatorRules.IsEmail(email) || !IsVerified(token))
            return null;
        if (await operators.FindByEmailAsync(email, cancellation) is not { Disabled: false } account)
            return null;
        return await operators.BindSubjectAsync(account.OperatorId, token.Issuer, token.Subject, cancellation) ? account : null;
    }

    private static string? NonceOf(JsonWebToken token) => token.TryGetPayloadValue<string>("nonce", out var nonce) ? nonce : null;

    // Some providers write it as a string.
    private static bool IsVerified(JsonWebToken token) =>
        token.TryGetPayloadValue<object>("email_verified", out var verified)
        && verified switch
        {
            bool word => word,
            string word => word.Equals("true", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };

    private TokenValidationParameters Rules(ConfigurationManager<OpenIdConnectConfiguration> provider) =>
        new()
        {
            ConfigurationManager = provider,
            ValidAlgorithms = Algorithms,
            ValidAudience = options.Value.Oidc.ClientId,
            LifetimeValidator = (notBefore, expires, _, _) => IsTimely(notBefore, expires),
        };

    private bool IsTimely(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires > now - Skew && (notBefore is null || notBefore <= now + Skew);
    }

    private static ConfigurationManager<OpenIdConnectConfiguration>? ProviderOf(OidcOptions oidc)
    {
        if (!oidc.IsOn)
            return null;
        var documents = new HttpDocumentRetriever { RequireHttps = !new Uri(oidc.Authority).IsLoopback };
        var address = $"{oidc.Authority.TrimEnd('/')}/.well-known/openid-configuration";
        return new(address, new OpenIdConnectConfigurationRetriever(), documents);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The OpenID Connect provider cannot be read; operators cannot sign in with it")]
    private partial void LogProviderSilent(Exception exception);
}
