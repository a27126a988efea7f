using System.Threading.Channels;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>Hands every event that a log takes to whoever reads along.</summary>
internal sealed class EventFeed
{
    // What a reader may be behind; then it is told so, since a gap that nobody notices is worse.
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly List<Channel<ChatEvent>> _readers = [];

    public void Add(IEnumerable<ChatEvent> events)
    {
        lock (_gate)
        {
            if (_readers.Count == 0)
                return;
            foreach (var e in events)
                _readers.RemoveAll(reader => !reader.Writer.TryWrite(e) && reader.Writer.TryComplete(Overflow()));
        }
    }

    public async IAsyncEnumerable<ChatEvent> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var reader = Channel.CreateBounded<ChatEvent>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });
        lock (_gate)
            _readers.Add(reader);
        try
        {
            await foreach (var e in reader.Reader.ReadAllAsync(cancellationToken))
                yield return e;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(reader);
        }
    }

    private static ChatException Overflow() => new("overflow", $"The reader was {Capacity} events behind.");
}
