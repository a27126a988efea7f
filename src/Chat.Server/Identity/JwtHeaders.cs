using Microsoft.IdentityModel.JsonWebTokens;

namespace Chat.Server.Identity;

/// <summary>What a token's header may not say. The token library passes over both.</summary>
internal static class JwtHeaders
{
    /// <summary>
    /// False for a token with extensions that its reader must understand (<c>crit</c>, RFC 7515 4.1.11), and this one understands none, or whose payload is
    /// said not to be encoded (<c>b64</c>, RFC 7797), which would change what was signed.
    /// </summary>
    public static bool ArePlain(JsonWebToken token) =>
        !token.TryGetHeaderValue<object>("crit", out _) && !token.TryGetHeaderValue<object>("b64", out _);
}
