using Chat.Server.Observability;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// Bounds the bytes that wait for slow readers, on this node and of all of them: answers of REST and hubs and what is pushed. Over the bound the connections
/// that have waited longest are ended, so that bad readers make room and nobody else is refused for them.
/// </summary>
internal sealed class OutgoingBytes(IOptions<OutgoingOptions> options)
{
    // Guards the fields below and those of all accounts.
    private readonly Lock _gate = new();
    private readonly LinkedList<Account> _waiting = new();
    private long _bytes;

    /// <summary>All that waits now.</summary>
    public long Waiting => Interlocked.Read(ref _bytes);

    /// <param name="end">Ends the connection. Called from any thread, also when it has ended.</param>
    public Account Open(Action end) => new(this, end);

    private void Change(Account account, long bytes)
    {
        lock (_gate)
        {
            if (account.IsOver)
                return;
            account.Bytes += bytes;
            _bytes += bytes;
            if (account.Bytes > 0 && account.Place.List is null)
                _waiting.AddLast(account.Place);
            else if (account.Bytes == 0 && account.Place.List is not null)
                _waiting.Remove(account.Place);
            MakeRoom();
        }
    }

    /// <summary>The oldest first. One that is larger than the bound stands alone.</summary>
    private void MakeRoom()
    {
        while (_bytes > options.Value.MaxBytes && _waiting is { Count: > 1, First.Value: { } oldest })
        {
            Forget(oldest);
            ChatMetrics.OutgoingEnded.Add(1);
            // Not under anybody's lock.
            ThreadPool.UnsafeQueueUserWorkItem(static slow => slow.End(), oldest, preferLocal: false);
        }
    }

    private void Close(Account account)
    {
        lock (_gate)
        {
            if (!account.IsOver)
                Forget(account);
        }
    }

    private void Forget(Account account)
    {
        account.IsOver = true;
        _bytes -= account.Bytes;
        if (account.Place.List is not null)
            _waiting.Remove(account.Place);
    }

    /// <summary>What waits for one connection.</summary>
    internal sealed class Account : IDisposable
    {
        private readonly OutgoingBytes _all;
        private readonly Action _end;

        public Account(OutgoingBytes all, Action end)
        {
            (_all, _end) = (all, end);
            Place = new LinkedListNode<Account>(this);
        }

        /// <summary>Among those who wait; in no list while nothing does.</summary>
        public LinkedListNode<Account> Place { get; }

        public long Bytes { get; set; }

        /// <summary>Closed, or ended to make room: nothing counts any more.</summary>
        public bool IsOver { get; set; }

        public void Hold(long bytes) => _all.Change(this, bytes);

        public void Release(long bytes) => _all.Change(this, -bytes);

        public void End() => _end();

        public void Dispose() => _all.Close(this);
    }
}
