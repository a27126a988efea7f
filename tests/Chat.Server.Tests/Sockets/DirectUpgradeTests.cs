using System.Net.Sockets;
using Chat.Server.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Tests.Sockets;

public sealed class DirectUpgradeTests : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly DefaultHttpContext _context = new();
    private readonly IHttpUpgradeFeature _upgrade = new Upgrade();

    public DirectUpgradeTests() => _context.Features.Set(_upgrade);

    public void Dispose() => _socket.Dispose();

    [Fact]
    public async Task A_bare_socket_is_written_to_itself()
    {
        _context.Features.Set<IConnectionSocketFeature>(new Bare(_socket));

        DirectUpgrade.Offer(_context);

        await using var stream = await _context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        Assert.IsType<DirectStream>(stream);
    }

    [Fact]
    public void Bytes_never_go_past_TLS()
    {
        _context.Features.Set<IConnectionSocketFeature>(new Bare(_socket));
        _context.Features.Set<ITlsConnectionFeature>(new TlsConnectionFeature());

        DirectUpgrade.Offer(_context);

        Assert.Same(_upgrade, _context.Features.Get<IHttpUpgradeFeature>());
    }

    [Fact]
    public void A_host_without_a_socket_keeps_its_own_way()
    {
        DirectUpgrade.Offer(_context);

        Assert.Same(_upgrade, _context.Features.Get<IHttpUpgradeFeature>());
    }

    private sealed record Bare(Socket Socket) : IConnectionSocketFeature;

    private sealed class Upgrade : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => Task.FromResult<Stream>(new MemoryStream());
    }
}
