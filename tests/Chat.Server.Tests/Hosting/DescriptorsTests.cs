using System.Net.Sockets;
using Chat.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chat.Server.Tests.Hosting;

public sealed class DescriptorsTests
{
    [Fact]
    public void Sockets_that_have_not_closed_yet_take_nothing_from_the_connections_that_are_allowed()
    {
        const int sockets = 2_000;
        Assert.SkipUnless(Directory.Exists("/proc/self/fd"), "It is measured on Linux.");
        var (before, after) = (New(), New());
        Assert.True(before.TryEnter());
        var closing = Enumerable.Range(0, sockets).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToList();

        Assert.True(after.TryEnter());
        closing.ForEach(socket => socket.Dispose());

        // Other tests open files meanwhile.
        Assert.InRange(after.Public.Most, before.Public.Most - sockets / 2, before.Public.Most + sockets / 2);
        Assert.InRange(before.Public.Most, 1, 99_999);
    }

    private static Descriptors New() => new(100_000, NullLogger<Descriptors>.Instance);
}
