using Chat.Contracts;

namespace Chat.Client;

/// <summary>Takes ephemerals and forgets them when their time is over, with one timer for all.</summary>
internal sealed class Moments : IAsyncDisposable
{
    private readonly ChatModel _model;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public Moments(ChatModel model, TimeProvider time)
    {
        (_model, _time) = (model, time);
        _timer = time.CreateTimer(_ => Prune(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Apply(Ephemeral notice)
    {
        lock (_model.Gate)
        {
            var isOwn = _model.Perspective.Me.Id is { } me && notice.Actor?.Id == me;
            if (isOwn || _model.Find(notice.ConversationId) is not { } held)
                return;
            held.Ephemerals.Apply(notice, _time.GetUtcNow());
            _model.Show(held);
            Arm();
        }
    }

    /// <summary>Nothing of it holds once the connection is lost.</summary>
    public void Forget()
    {
        lock (_model.Gate)
        {
            foreach (var held in _model.All)
            {
                held.Ephemerals.Clear();
                _model.Show(held);
            }
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Prune()
    {
        lock (_model.Gate)
        {
            foreach (var held in _model.All.Where(held => held.Ephemerals.Prune(_time.GetUtcNow())))
                _model.Show(held);
            Arm();
        }
    }

    private void Arm()
    {
        if (_model.All.Min(held => held.Ephemerals.NextEnd) is not { } next)
            return;
        var left = next - _time.GetUtcNow();
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
