using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Web;

/// <summary>What each page may load and who may embed it. Nothing inline, on no page.</summary>
internal sealed class ContentSecurity(IOptions<IdentityOptions> identity)
{
    private const string Base =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; font-src 'self'; base-uri 'none'";

    // The console signs in at the company's provider: it reads its discovery document and its token answer.
    private readonly string _console =
        $"{Base}; connect-src 'self'{ProviderOf(identity.Value.Oidc)}; frame-src 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The widget's document: only the inbox's pages and our own may embed it.</summary>
    public static void OfWidget(HttpResponse response, Inbox? inbox) =>
        Set(
            response,
            $"{Base}; connect-src 'self'; form-action 'none'; frame-ancestors {string.Join(' ', ["'self'", .. inbox?.Origins ?? []])}"
        );

    public void OfConsole(HttpResponse response)
    {
        Set(response, _console);
        Isolate(response);
    }

    public static void OfDemo(HttpResponse response)
    {
        Set(response, $"{Base}; connect-src 'self'; frame-src 'self'; form-action 'none'; frame-ancestors 'none'");
        Isolate(response);
    }

    // A page that opened ours gets no hold of its window. Sign-in at a provider goes there and back in the same one.
    private static void Isolate(HttpResponse response) => response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";

    private static void Set(HttpResponse response, string policy)
    {
        response.Headers[HeaderNames.ContentSecurityPolicy] = policy;
        response.Headers["Referrer-Policy"] = "same-origin";
    }

    private static string ProviderOf(OidcOptions oidc) => oidc.IsOn ? " " + OriginRules.Of(new Uri(oidc.Authority)) : "";
}
