using System.Net;
using System.Threading.RateLimiting;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Networks;
using Chat.Server.Operators;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>How often sessions may be asked for: per network address in the framework's middleware, and passwords per e-mail here.</summary>
internal sealed class SessionLimits(IOptions<IdentityOptions> options) : IConfigureOptions<RateLimiterOptions>, IDisposable
{
    public const string Operator = "operator-session";

    /// <summary>Two of the largest tokens that are looked at; these bodies are read before anybody is known.</summary>
    public static readonly BodyLimit BodySize = new(32 * 1024);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _passwords = PartitionedRateLimiter.Create<string, string>(email =>
        Partition(email, options.Value.PasswordsPerMinute)
    );

    public void Configure(RateLimiterOptions limiter)
    {
        limiter.AddPolicy(
            Operator,
            context => Partition(Network.Of(context.Connection.RemoteIpAddress ?? IPAddress.None), options.Value.OperatorSessionsPerMinute)
        );
        limiter.OnRejected = async (rejected, _) =>
            await Problems.Problem(ErrorCode.RateLimited, retryAfter: RetryAfter(rejected.Lease)).ExecuteAsync(rejected.HttpContext);
    }

    /// <summary>Whether one more password may be tried for this e-mail; otherwise after how long.</summary>
    public bool TryPassword(string email, out TimeSpan retryAfter)
    {
        using var lease = _passwords.AttemptAcquire(OperatorStore.NormalizeEmail(email));
        retryAfter = lease.IsAcquired ? TimeSpan.Zero : RetryAfter(lease);
        return lease.IsAcquired;
    }

    public void Dispose() => _passwords.Dispose();

    private static TimeSpan RetryAfter(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) && retryAfter > TimeSpan.Zero ? retryAfter : Minute;

    private static RateLimitPartition<T> Partition<T>(T key, int perMinute) =>
        perMinute == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetFixedWindowLimiter(
                key,
                _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = Minute }
            );
}
