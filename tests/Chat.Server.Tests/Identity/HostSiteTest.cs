using System.Text;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

/// <summary>A host site with a key of its inbox, which signs for its users.</summary>
public abstract class HostSiteTest : IdentityTest
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("a secret of the shop with 32 bytes");

    private protected Task<bool> AddKeyAsync(Inbox inbox) =>
        Server.Get<KeyStore>().AddInboxKeyAsync(new InboxKey(inbox.Id, "k1", SecurityAlgorithms.HmacSha256, Secret), default);

    private protected string Sign(
        Inbox inbox,
        string subject,
        string? name = null,
        string? kid = "k1",
        byte[]? secret = null,
        SigningCredentials? credentials = null,
        DateTimeOffset? expires = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? issuedAt = null,
        IDictionary<string, object>? headers = null
    )
    {
        var now = Server.Time.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = subject };
        if (name is not null)
            claims["name"] = name;
        var end = expires ?? now.AddMinutes(5);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                AdditionalHeaderClaims = headers,
                Audience = inbox.Key,
                Claims = claims,
                Expires = end == DateTimeOffset.MaxValue ? null : end.UtcDateTime,
                NotBefore = notBefore?.UtcDateTime,
                IssuedAt = (issuedAt ?? now).UtcDateTime,
                SigningCredentials =
                    credentials
                    ?? new SigningCredentials(new SymmetricSecurityKey(secret ?? Secret) { KeyId = kid }, SecurityAlgorithms.HmacSha256),
            }
        );
    }
}
