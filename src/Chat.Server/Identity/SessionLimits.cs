using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>How often sessions may be asked for: per network address in the framework's middleware, and passwords per e-mail here.</summary>
internal sealed class SessionLimits(IOptions<IdentityOptions> options) : IConfigureOptions<RateLimiterOptions>, IDisposable
{
    public const string Visitor = "visitor-session";
    public const string Operator = "operator-session";

    /// <summary>Two of the largest tokens that are looked at; these bodies are read before anybody is known.</summary>
    public static readonly RequestSizeLimitAttribute BodySize = new(32 * 1024);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _passwords = PartitionedRateLimiter.Create<string, string>(email =>
        Partition(email, options.Value.PasswordsPerMinute)
    );

    public void Configure(RateLimiterOptions limiter)
    {
        limiter.AddPolicy(Visitor, context => Partition(NetworkOf(context), options.Value.VisitorSessionsPerMinute));
        limiter.AddPolicy(Operator, context => Partition(NetworkOf(context), options.Value.OperatorSessionsPerMinute));
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

    private static RateLimitPartition<string> Partition(string key, int perMinute) =>
        perMinute == 0
            ? RateLimitPartition.GetNoLimiter(key)
            : RateLimitPartition.GetFixedWindowLimiter(
                key,
                _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = Minute }
            );

    // One IPv6 subscriber has at least a /64 of addresses to change between.
    private static string NetworkOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
