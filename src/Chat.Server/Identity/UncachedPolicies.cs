using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>
/// The framework caches policies for its own provider alone, and its cache builds every route before the node listens, a fifth of the start. Putting
/// a policy together takes microseconds of a request.
/// </summary>
internal sealed class UncachedPolicies(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options)
{
    public override bool AllowsCachingPolicies => false;
}
