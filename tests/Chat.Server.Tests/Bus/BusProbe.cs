using System.Threading.Channels;
using Chat.Server.Bus;

namespace Chat.Server.Tests.Bus;

/// <summary>A bus with what came out of it, to be waited for.</summary>
internal sealed class BusProbe : IAsyncDisposable
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);

    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<bool> _states = Channel.CreateUnbounded<bool>();

    private BusProbe(IEventBus bus) => Bus = bus;

    public IEventBus Bus { get; }

    /// <summary>Runs inside the state callback, before anybody who waits for the state goes on.</summary>
    public Action<bool> OnState { get; set; } = static _ => { };

    public static async Task<BusProbe> StartAsync(IEventBus bus)
    {
        var probe = new BusProbe(bus);
        bus.Attach(
            envelope => probe._received.Writer.TryWrite(envelope.ToArray()),
            up =>
            {
                probe.OnState(up);
                probe._states.Writer.TryWrite(up);
            }
        );
        await bus.StartAsync(CancellationToken.None);
        return probe;
    }

    public static async Task<BusProbe> StartUpAsync(IEventBus bus)
    {
        var probe = await StartAsync(bus);
        await probe.BecomesAsync(up: true);
        return probe;
    }

    /// <summary>The next envelope of another node.</summary>
    public async Task<byte[]> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Generous);
        return await _received.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Whether nothing has come that was not taken.</summary>
    public bool IsEmpty => !_received.Reader.TryPeek(out _);

    /// <summary>The next change of state is this one.</summary>
    public async Task BecomesAsync(bool up)
    {
        using var timeout = new CancellationTokenSource(Generous);
        Assert.Equal(up, await _states.Reader.ReadAsync(timeout.Token));
    }

    /// <summary>Changes of state until it stays this one.</summary>
    public async Task ReachesAsync(bool up)
    {
        using var timeout = new CancellationTokenSource(Generous);
        while (await _states.Reader.ReadAsync(timeout.Token) != up) { }
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)Bus).DisposeAsync();
}
