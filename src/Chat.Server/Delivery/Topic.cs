using Chat.Contracts;

namespace Chat.Server.Delivery;

/// <summary>
/// One conversation that is followed on this node. It passes events on in order and once: it knows the highest contiguous seq that it has
/// delivered, keeps what is ahead of it, and says when there is a hole to be fetched.
/// </summary>
internal sealed class Topic(ConversationId id)
{
    /// <summary>More than this ahead is not kept: the fetch of the hole brings it.</summary>
    private const int MaxAhead = 256;

    // Guards every field below.
    private readonly Lock _gate = new();
    private IFollower[] _followers = [];
    private SortedDictionary<int, EncodedEvent>? _ahead;
    private IReadOnlyList<SideCursor> _cursors = [];
    private int _epoch;
    private int _head = Unknown;
    private int _start;
    private (int Epoch, int Seq) _passed;
    private bool _ended;

    private const int Unknown = -1;

    public ConversationId Id { get; } = id;

    /// <summary>Time stamp of the last event, for the order of repair. Racy on purpose: it is only a hint.</summary>
    public long LastActive { get; private set; }

    /// <summary>Where this node is in the log: what repair compares.</summary>
    public Cursor Position
    {
        get
        {
            lock (_gate)
                return new Cursor(Id, _epoch, Math.Max(_head, 0));
        }
    }

    /// <summary>Whether something is kept that waits for an earlier event, and somebody for it.</summary>
    public bool HasHole
    {
        get
        {
            lock (_gate)
                return !_ended && _ahead is { Count: > 0 };
        }
    }

    /// <summary>False when the topic has ended meanwhile and a new one must be made.</summary>
    public bool Add(IFollower follower)
    {
        lock (_gate)
        {
            if (_ended)
                return false;
            if (Array.IndexOf(_followers, follower) < 0)
                _followers = [.. _followers, follower];
            return true;
        }
    }

    /// <summary>True when nobody is left and the topic has ended.</summary>
    public bool Remove(IFollower follower)
    {
        lock (_gate)
        {
            _followers = Array.FindAll(_followers, f => !ReferenceEquals(f, follower));
            return _ended = _followers.Length == 0;
        }
    }

    /// <summary>
    /// A reader has seen the log up to here, after its subscription: what it read needs no delivery. The first reader so tells where the topic starts.
    /// False: another one, who read later, was the first, and what lies between the two is delivered to nobody any more. This reader must read again.
    /// </summary>
    public bool Start(int epoch, int head, IReadOnlyList<SideCursor> cursors)
    {
        lock (_gate)
        {
            if (_head != Unknown)
                return epoch > _epoch || (epoch == _epoch && head >= _start);
            _epoch = epoch;
            _start = head;
            // Events that passed before the start was known need not be fetched again.
            _head = _passed == (epoch, head + 1) ? head + 1 : head;
            _cursors = cursors.Count == 0 ? [] : cursors;
            return true;
        }
    }

    /// <summary>Passes an event on, or keeps it. True: there is a hole before it.</summary>
    /// <param name="e">The event.</param>
    /// <param name="except">The socket that has it as its acknowledgement.</param>
    /// <param name="now">Time stamp.</param>
    public bool Deliver(EncodedEvent e, ClientConnection? except, long now)
    {
        lock (_gate)
        {
            LastActive = now;
            if (_head == Unknown)
            {
                // Late, of a log whose end is lost.
                if (e.Epoch < Math.Max(_epoch, _passed.Epoch))
                    return false;
                _passed = (e.Epoch, e.Seq);
                Send(e, except);
                return false;
            }
            if (e.Epoch != _epoch)
            {
                if (e.Epoch > _epoch)
                    Reset(e.Epoch);
                return false;
            }
            if (e.Seq <= _head)
                return false;
            if (e.Seq > _head + 1)
            {
                _ahead ??= [];
                if (_ahead.Count < MaxAhead)
                    _ahead.TryAdd(e.Seq, e);
                return true;
            }
            Send(e, except);
            _head = e.Seq;
            return DeliverAhead();
        }
    }

    /// <summary>Cursors as repair or the bus reports them; sends those that moved.</summary>
    public void MoveCursors(IReadOnlyList<SideCursor> cursors)
    {
        lock (_gate)
        {
            foreach (var cursor in cursors)
            {
                if (!Advance(cursor))
                    continue;
                var pushes = CursorPush.Of(Id, cursor);
                foreach (var follower in _followers)
                    follower.Send(pushes);
            }
        }
    }

    /// <summary>Sends something that is not of the log.</summary>
    public void Send(PushPair push, ClientConnection? except)
    {
        lock (_gate)
        {
            foreach (var follower in _followers)
            {
                if (!ReferenceEquals(follower, except))
                    follower.Send(push);
            }
        }
    }

    /// <summary>A new generation of the log: everybody starts again from a snapshot.</summary>
    private void Reset(int epoch)
    {
        _epoch = epoch;
        _head = Unknown;
        _passed = default;
        _ahead = null;
        var frame = Frame.Of(Push.Resync, new Resync(Id, "epoch"), ChatJson.Wire.Resync);
        foreach (var follower in _followers)
            follower.Reset(frame);
    }

    /// <summary>The database's generation differs from ours: see <see cref="Reset"/>.</summary>
    public void CheckEpoch(int epoch)
    {
        lock (_gate)
        {
            if (_head != Unknown && epoch > _epoch)
                Reset(epoch);
        }
    }

    private bool DeliverAhead()
    {
        if (_ahead is null)
            return false;
        while (_ahead.Count > 0)
        {
            var (seq, next) = _ahead.First();
            if (seq > _head + 1)
                return true;
            _ahead.Remove(seq);
            if (seq <= _head)
                continue;
            Send(next, null);
            _head = seq;
        }
        _ahead = null;
        return false;
    }

    private void Send(EncodedEvent e, ClientConnection? except)
    {
        foreach (var follower in _followers)
        {
            if (!ReferenceEquals(follower, except))
                follower.Deliver(e);
        }
    }

    private bool Advance(SideCursor cursor)
    {
        var known = _cursors.FirstOrDefault(c => c.Side == cursor.Side && c.OperatorId == cursor.OperatorId);
        if (known is not null && known.DeliveredSeq >= cursor.DeliveredSeq && known.ReadSeq >= cursor.ReadSeq)
            return false;
        _cursors = [.. _cursors.Where(c => !ReferenceEquals(c, known)), cursor];
        return true;
    }
}
