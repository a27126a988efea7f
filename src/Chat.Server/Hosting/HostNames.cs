using System.Net;
using System.Text;
using Chat.Contracts;
using Chat.Server.Identity;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// To which names this service answers on its public port. A page whose name an attacker lets point at this machine (DNS rebinding) would else be one of
/// our own pages. See src/decisions/host-names.md.
/// </summary>
internal sealed partial class HostNames(IOptions<HttpOptions> http, IOptions<IdentityOptions> identity, ILogger<HostNames> logger)
{
    private const string Any = "*";
    private const string Detail = "This service does not answer to the host that the request names. Administrators: Http:AllowedHosts.";

    private readonly string[] _allowed =
    [
        .. http.Value.AllowedHosts.Select(InOneForm),
        .. identity.Value.PublicOrigins.Select(origin => InOneForm(new Uri(origin).Host)),
    ];

    // Without a list of names: whoever listens for the machine alone answers to what means this machine.
    private readonly bool _isLocal = http.Value is { Address: HttpOptions.Loopback, AllowedHosts: [] };
    private readonly bool _all = http.Value switch
    {
        { AllowedHosts: [] } => http.Value.Address != HttpOptions.Loopback,
        _ => http.Value.AllowedHosts.Contains(Any),
    };

    private int _warned;

    public bool Allows(HostString host)
    {
        // Programs of HTTP/1.0 name none; browsers always do.
        if (_all || !host.HasValue)
            return true;
        var name = InOneForm(host.Host.TrimEnd('.'));
        return Array.Exists(_allowed, pattern => Matches(pattern, name)) || (_isLocal && IsThisMachine(name));
    }

    public Task RefuseAsync(HttpContext context)
    {
        // Once: anybody can name any host.
        if (Interlocked.Exchange(ref _warned, 1) == 0)
            LogRefused();
        return Problems.Problem(Refusal.Of("Host", FieldFault.Unknown, Detail)).ExecuteAsync(context);
    }

    /// <summary>Small letters, others than ASCII's encoded: the framework has decoded what a request names, and lists have it in either form.</summary>
    private static string InOneForm(string host)
    {
        host = host.ToLowerInvariant();
        if (Ascii.IsValid(host))
            return host;
        var start = host.StartsWith("*.", StringComparison.Ordinal) ? 2 : 0;
        return Uri.TryCreate($"http://{host[start..]}", UriKind.Absolute, out var address) ? host[..start] + address.IdnHost : host;
    }

    private static bool Matches(string pattern, string name) =>
        pattern.StartsWith("*.", StringComparison.Ordinal)
            ? name.EndsWith(pattern[1..], StringComparison.Ordinal) && name.Length > pattern.Length - 1
            : name == pattern;

    /// <summary>
    /// An address is nobody's name; a name without a dot, and the machine's own, are given by whoever runs the network, and never by a stranger's
    /// domain.
    /// </summary>
    private static bool IsThisMachine(string name) =>
        IPAddress.TryParse(name.Trim('[', ']'), out _)
        || !name.Contains('.', StringComparison.Ordinal)
        || name.EndsWith(".localhost", StringComparison.Ordinal)
        || name.StartsWith(Environment.MachineName.ToLowerInvariant() + ".", StringComparison.Ordinal);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "A request named a host to which this service does not answer. If people reach it by a name of its own, name it in Http:AllowedHosts or Identity:PublicOrigins"
    )]
    private partial void LogRefused();
}
