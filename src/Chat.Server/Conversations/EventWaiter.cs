using Chat.Server.Delivery;
using Chat.Server.Identity;

namespace Chat.Server.Conversations;

/// <summary>A request that waits for a conversation's next event. It is only woken: what to answer it reads from the log.</summary>
internal sealed class EventWaiter(Caller caller, int after) : IFollower
{
    public Caller Caller => caller;

    // The continuation must not run under the topic's lock.
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Woken => _woken.Task;

    // A node may be late with what the client has already got elsewhere.
    public void Deliver(EncodedEvent e)
    {
        if (e.Seq > after)
            _woken.TrySetResult();
    }

    public void Send(PushPair push) { }

    public void Reset(Frame resync) => Wake();

    public void Wake() => _woken.TrySetResult();
}
