using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Testing.Services;

/// <summary>
/// An OpenID Connect provider in this process: discovery, keys, authorization code with PKCE. Whoever signs in there says who he is, and may ask for a
/// token that must not be taken.
/// </summary>
public sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "chat-console";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Grant> _grants = new(StringComparer.Ordinal);

    private IdentityProvider()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", (HttpContext context) => Shared(context, Document()));
        _app.MapGet("/keys", (HttpContext context) => Shared(context, new { keys = new[] { Tokens.PublicKey() } }));
        _app.MapGet("/authorize", (Delegate)Ask);
        _app.MapPost("/authorize", (Delegate)DecideAsync);
        _app.MapPost("/token", (Delegate)GiveAsync);
    }

    public string Issuer => _app.Urls.Single();

    public OidcTokens Tokens { get; } = new();

    public static async Task<IdentityProvider> StartAsync()
    {
        var provider = new IdentityProvider();
        await provider._app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Tokens.Dispose();
    }

    private object Document() =>
        new
        {
            issuer = Issuer,
            authorization_endpoint = $"{Issuer}/authorize",
            token_endpoint = $"{Issuer}/token",
            jwks_uri = $"{Issuer}/keys",
            response_types_supported = new[] { "code" },
            subject_types_supported = new[] { "public" },
            id_token_signing_alg_values_supported = new[] { "RS256" },
            code_challenge_methods_supported = new[] { "S256" },
        };

    // The console reads it from its own origin.
    private static IResult Shared(HttpContext context, object answer, int status = StatusCodes.Status200OK)
    {
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return Results.Text(JsonSerializer.Serialize(answer), "application/json", statusCode: status);
    }

    private static IResult Ask(HttpContext context)
    {
        var query = context.Request.Query;
        var isGood =
            query["client_id"] == ClientId
            && query["response_type"] == "code"
            && query["code_challenge_method"] == "S256"
            && query["code_challenge"].ToString().Length > 0
            && query["scope"].ToString().Split(' ').Contains("openid", StringComparer.Ordinal);
        if (!isGood)
            return Results.Text("This client may not ask so.", statusCode: StatusCodes.Status400BadRequest);
        var kept = string.Concat(
            query.Select(pair => $"<input type=hidden name='{Encode(pair.Key)}' value='{Encode(pair.Value.ToString())}'>")
        );
        var tokens = string.Concat(Enum.GetNames<OidcToken>().Select(name => $"<option>{name}</option>"));
        var page = $"""
            <!doctype html><html lang="en"><title>Sign in at the company</title>
            <form method="post">{kept}
            <label>E-mail <input name="email"></label> <label>Token <select name="token">{tokens}</select></label>
            <button name="answer" value="yes">Continue</button> <button name="answer" value="no">Cancel</button>
            </form></html>
            """;
        return Results.Text(page, "text/html");
    }

    private async Task<IResult> DecideAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var back = $"{form["redirect_uri"]}?state={Uri.EscapeDataString(form["state"].ToString())}";
        if (form["answer"] != "yes")
            return Results.Redirect($"{back}&error=access_denied");
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _grants[code] = new Grant(
            form["redirect_uri"].ToString(),
            form["code_challenge"].ToString(),
            form["email"].ToString(),
            Enum.Parse<OidcToken>(form["token"].ToString()),
            form["nonce"] is { Count: > 0 } nonce ? nonce.ToString() : null
        );
        return Results.Redirect($"{back}&code={code}");
    }

    private async Task<IResult> GiveAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var proof = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        var isGood =
            _grants.TryRemove(form["code"].ToString(), out var grant)
            && form["grant_type"] == "authorization_code"
            && form["client_id"] == ClientId
            && form["redirect_uri"] == grant.RedirectUri
            && proof == grant.Challenge;
        if (!isGood)
            return Shared(context, new { error = "invalid_grant" }, StatusCodes.Status400BadRequest);
        return Shared(
            context,
            new
            {
                access_token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
                token_type = "Bearer",
                expires_in = 300,
                id_token = Tokens.Sign(
                    Issuer,
                    TimeProvider.System.GetUtcNow(),
                    $"subject of {grant!.Email}",
                    grant.Email,
                    grant.Token,
                    grant.Nonce
                ),
            }
        );
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private sealed record Grant(string RedirectUri, string Challenge, string Email, OidcToken Token, string? Nonce);
}
