using Chat.Contracts;

namespace Chat.Server.Messages;

/// <summary>
/// What a lane has taken and not answered, oldest first. Callers wait for no longer than <see cref="Limits.SendTimeoutMs"/>: one look at the head of
/// this list now and then, instead of a timer for each message.
/// </summary>
internal sealed class Deadlines
{
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(Limits.SendTimeoutMs);

    // Guards the links of the list.
    private readonly Lock _gate = new();
    private LaneItem? _first;
    private LaneItem? _last;

    public void Add(LaneItem item)
    {
        lock (_gate)
        {
            item.Before = _last;
            if (_last is null)
                _first = item;
            else
                _last.After = item;
            _last = item;
        }
    }

    public void Remove(LaneItem item)
    {
        lock (_gate)
        {
            if (item.Before is null && !ReferenceEquals(_first, item))
                return;
            if (item.Before is null)
                _first = item.After;
            else
                item.Before.After = item.After;
            if (item.After is null)
                _last = item.Before;
            else
                item.After.Before = item.Before;
            item.Before = item.After = null;
        }
    }

    /// <summary>Answers those who have waited long enough. It may still be stored; they keep it and come again with the same clientId.</summary>
    public void Expire(TimeProvider time)
    {
        while (Oldest() is { } item && time.GetElapsedTime(item.At) > _patience)
            item.Refuse(ErrorCode.Unavailable);
    }

    /// <summary>The lane has ended: nobody else will answer those who are left.</summary>
    public void End()
    {
        while (Oldest() is { } item)
            item.Refuse(ErrorCode.Unavailable);
    }

    private LaneItem? Oldest()
    {
        lock (_gate)
            return _first;
    }
}
