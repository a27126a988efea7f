using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat.Conformance.Scenarios;

/// <summary>The site of an inbox, which vouches for its users.</summary>
internal static class HostSite
{
    private const string Kid = "site";
    private const string Secret = "a secret of the shop with 32 bytes or more";

    public static Task IntroduceAsync(Staff staff, InboxId inbox) =>
        staff.CallAsync(HttpMethod.Put, $"admin/inboxes/{inbox}/identity-keys/{Kid}", new IdentityKey("HS256", Secret));

    /// <summary>A token that says who the visitor is, for the next minutes.</summary>
    public static string Vouch(string subject)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = Part(
            new
            {
                alg = "HS256",
                kid = Kid,
                typ = "JWT",
            }
        );
        var claims = Part(
            new
            {
                aud = ChatCluster.Inbox,
                sub = subject,
                iat = now,
                exp = now + 300,
            }
        );
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes($"{head}.{claims}"));
        return $"{head}.{claims}.{WebEncoders.Base64UrlEncode(signature)}";
    }

    private static string Part(object content) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(content));
}
