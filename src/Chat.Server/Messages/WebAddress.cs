using System.Globalization;
using Chat.Server.Messages.Masking;

namespace Chat.Server.Messages;

/// <summary>
/// Addresses of pages and pictures, in the one form in which they are stored and shown: absolute, the host in ASCII and small letters, everything else
/// that is not ASCII escaped. What stands there is where a click leads.
/// </summary>
internal static class WebAddress
{
    // Escapes of escapes: no page needs more.
    private const int MostEscapes = 4;

    /// <summary>Null: no http or https address, or one with credentials.</summary>
    public static string? Normalize(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            return null;
        // .NET takes marks of direction out of a host, and others into its name. A backslash separates like a slash; behind the path, where browsers leave
        // it as it is, it is one like any other character.
        if (text.Split('?', '#')[0].Contains('\\') || HostOf(text).Any(IsHidden))
            return null;
        var host = uri.HostNameType == UriHostNameType.Dns ? AsciiHost(uri) : uri.Host;
        if (host is null || CardMask.FindsIn(host))
            return null;
        var port = uri.IsDefaultPort ? "" : $":{uri.Port.ToString(CultureInfo.InvariantCulture)}";
        return $"{uri.Scheme}://{host}{port}{uri.GetComponents(UriComponents.PathAndQuery | UriComponents.Fragment, UriFormat.UriEscaped)}";
    }

    /// <summary>An address with its cards hidden; where escapes keep a card from being seen, it loses the part in which it stands.</summary>
    public static string Mask(string address)
    {
        var masked = CardMask.Mask(address);
        if (!HidesCard(masked))
            return masked;
        var path = masked.Split('?', '#')[0];
        return HidesCard(path) ? new Uri(address).GetLeftPart(UriPartial.Authority) + "/" : path;
    }

    private static bool HidesCard(string address)
    {
        for (var i = 0; i < MostEscapes; i++)
        {
            var plain = Uri.UnescapeDataString(address);
            if (plain == address)
                return false;
            if (CardMask.FindsIn(plain))
                return true;
            address = plain;
        }
        return Uri.UnescapeDataString(address) != address;
    }

    private static string? AsciiHost(Uri uri)
    {
        try
        {
            return new Uri($"{uri.Scheme}://{uri.Host.ToLowerInvariant()}").IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static string HostOf(string text)
    {
        var rest = text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = rest.IndexOfAny('/', '?', '#');
        return (end < 0 ? rest : rest[..end]).ToString();
    }

    private static bool IsHidden(char c) =>
        char.IsWhiteSpace(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control;
}
