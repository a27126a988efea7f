using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Chat.Server.Networks;

/// <summary>Where a caller is: an IPv4 address, or the /64 of an IPv6 one, whose addresses one subscriber has to change between.</summary>
/// <param name="Prefix">The address or the prefix as a number.</param>
/// <param name="IsV6">Which of the two.</param>
internal readonly record struct Network(ulong Prefix, bool IsV6)
{
    public static Network Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new Network(BinaryPrimitives.ReadUInt64BigEndian(bytes), IsV6: true)
            : new Network(BinaryPrimitives.ReadUInt32BigEndian(bytes), IsV6: false);
    }
}
