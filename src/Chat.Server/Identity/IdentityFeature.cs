using System.Data.Common;
using Chat.Server.Delivery;
using Chat.Server.Devices;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Storage;
using Chat.Server.Visitors;
using Dapper;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>Who may call: sessions, tokens, keys, and the directory of inboxes and operators. Needs an <see cref="IDatabase"/>.</summary>
internal static class IdentityFeature
{
    public static IHostApplicationBuilder AddIdentity(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services
            .AddSettings<IdentityOptions>(IdentityOptions.Section)
            .Services.AddSingleton<IValidateOptions<IdentityOptions>, IdentityOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);

        AddKeys(services);
        AddStores(services);
        AddSessions(services);
        services.AddHostedSingleton<IdentityUpkeep>();
        return builder;
    }

    /// <summary>CORS, authentication, origins, session limits and authorisation, in the order that they need.</summary>
    public static IApplicationBuilder UseIdentity(this IApplicationBuilder app) =>
        app.UseCors()
            .UseAuthentication()
            .UseMiddleware<OriginMiddleware>()
            .UseMiddleware<BlockMiddleware>()
            .UseRateLimiter()
            .UseAuthorization();

    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder routes)
    {
        VisitorSessionEndpoints.Map(routes);
        OperatorSessionEndpoints.Map(routes);
        return routes;
    }

    private static void AddKeys(IServiceCollection services)
    {
        services.AddSingleton(LoadMasterKey);
        services.AddSingleton<SecretBox>();
        services.AddSingleton<KeyStore>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<RefreshTokens>();
        services.AddSingleton<RefreshFamilies>();
        services.AddSingleton<IdentityTokens>();
    }

    private static void AddStores(IServiceCollection services)
    {
        services.AddSingleton<InboxStore>();
        services.AddSingleton<OperatorStore>();
        services.AddSingleton<AvailabilityStore>();
        services.AddSingleton<TeamStore>();
        services.AddSingleton<VisitorStore>();
        services.AddSingleton<DeviceStore>();
        services.AddSingleton<BlockStore>();
        services.AddSingleton<VisitorBlocks>();
        services.AddSingleton<InboxDirectory>();
        services.AddSingleton<IInboxDirectory>(provider => provider.GetRequiredService<InboxDirectory>());
        services.AddSingleton<DemoSeed>();
    }

    private static void AddSessions(IServiceCollection services)
    {
        services.AddSingleton<OutageLog>();
        services.AddWireJson().AddProblemDetails().AddExceptionHandler<ProblemHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddSingleton<OriginPolicy>();
        services.AddCors().AddSingleton<ICorsPolicyProvider, OriginCors>();
        services.AddSingleton<SessionLimits>();
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>>(provider => provider.GetRequiredService<SessionLimits>());
        services.AddRateLimiter();
        services.AddSingleton<Passwords>();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<UsedIdTokens>();
        services.AddSingleton<OidcSignIn>();
        services.AddSingleton<SessionEnds>();
        services.AddSingleton<CallerAccess>();
        services.AddSingleton<RightsReader>();
        services.AddSingleton<OperatorSessions>();
        services.AddSingleton<SignInServices>();
        services.AddSingleton<VisitorSessions>();

        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddSingleton<CallerAuthentication>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>>(provider => provider.GetRequiredService<CallerAuthentication>());
        services.AddSingleton<IAuthorizationPolicyProvider, UncachedPolicies>();
        services
            .AddAuthorizationBuilder()
            .AddPolicy(Policies.Visitor, policy => policy.RequireClaim(ClaimNames.Kind, ClaimNames.Visitor))
            .AddPolicy(Policies.Operator, policy => policy.RequireClaim(ClaimNames.Kind, ClaimNames.Operator))
            .AddPolicy(
                Policies.Admin,
                policy =>
                    policy
                        .RequireClaim(ClaimNames.Kind, ClaimNames.Operator)
                        .RequireClaim(ClaimNames.Role, nameof(Contracts.OperatorRole.Admin))
            );
    }

    private static MasterKey LoadMasterKey(IServiceProvider provider)
    {
        var configured = provider.GetRequiredService<IOptions<IdentityOptions>>().Value.MasterKey;
        if (configured.Length > 0 && MasterKey.TryParse(configured, out var key))
            return new MasterKey(key);
        if (provider.GetRequiredService<IDatabase>().Dialect != SqlDialect.Sqlite)
            throw new UnfitKeyException("Identity:MasterKey must be set: nodes that share a database need the same key.");
        var folder = provider.GetRequiredService<IOptions<StorageOptions>>().Value.DataFolder;
        return MasterKey.FromFolder(folder, mayMake: !HasSecrets(provider.GetRequiredService<IDatabase>()));
    }

    /// <summary>Whether the embedded database holds what lies under a key already. SQLite never makes its callers wait.</summary>
    private static bool HasSecrets(IDatabase database) =>
        database.ReadAsync(CountSecretsAsync, CancellationToken.None) is { IsCompletedSuccessfully: true, Result: > 0 };

    private static async Task<long> CountSecretsAsync(DbConnection connection) =>
        await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM sqlite_master WHERE name = 'signing_key'") == 0
            ? 0
            : await connection.ExecuteScalarAsync<long>("SELECT (SELECT count(*) FROM signing_key) + (SELECT count(*) FROM inbox_key)");
}

/// <summary>What the attributes of the options cannot say.</summary>
internal sealed class IdentityOptionsValidator : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options) =>
        options.FindFault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
