using Chat.Server.Inboxes;

namespace Chat.Server.Identity;

/// <summary>
/// Which web pages may call. Browsers do not apply CORS to WebSockets, and so the server must. An Origin says nothing about who calls, only that a
/// browser runs that page: everything else holds its token itself.
/// </summary>
internal static class OriginRules
{
    /// <summary>
    /// Visitors: our own pages (the widget's frame), the inbox's pages, and without an Origin only where the inbox allows native apps.
    /// </summary>
    public static bool AllowsVisitor(string? origin, Inbox inbox, bool isOwn) =>
        origin is null
            ? inbox.AllowNativeApps
            : isOwn || (Normalize(origin) is { } page && inbox.Origins.Contains(page, StringComparer.Ordinal));

    /// <summary>Operators: our own pages, and programs (no Origin). A foreign page never.</summary>
    public static bool AllowsOperator(string? origin, bool isOwn) => origin is null || isOwn;

    /// <summary>
    /// Whether a page is one of ours: of a configured origin, or of the host that the request names. A proxy may have ended TLS, so a page may be
    /// https where the request is http; the reverse is somebody's plain page in front of our TLS.
    /// </summary>
    public static bool IsOwn(string? origin, IEnumerable<string> publicOrigins, string host, bool isHttps)
    {
        if (origin is null || Normalize(origin) is not { } page)
            return false;
        if (publicOrigins.Any(own => Normalize(own) == page))
            return true;
        return Normalize("https://" + host) == page || (!isHttps && Normalize("http://" + host) == page);
    }

    /// <summary>scheme://host[:port] in the form in which origins are compared, or null: "null" (sandboxed frames, files) and malformed ones.</summary>
    public static string? Normalize(string origin)
    {
        // Small letters: without the system's tables of languages IdnHost leaves others than ASCII's as they are.
        if (!Uri.TryCreate(origin.ToLowerInvariant(), UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0)
            return null;
        if (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
            return null;
        var bare = uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && !origin.EndsWith('/');
        return bare && HostOf(uri) is { } host ? Of(uri, host) : null;
    }

    /// <summary>Of an address, as browsers write it: names of hosts in ASCII, ports where they are not the usual ones.</summary>
    public static string Of(Uri address) => Of(address, HostOf(address) ?? address.Host);

    private static string Of(Uri address, string host) =>
        address.IsDefaultPort ? $"{address.Scheme}://{host}" : $"{address.Scheme}://{host}:{address.Port}";

    /// <summary>Null: a name that has no form in ASCII, such as xn-- before letters that are not.</summary>
    private static string? HostOf(Uri address)
    {
        try
        {
            return address.HostNameType == UriHostNameType.Dns ? address.IdnHost : address.Host;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }
}
