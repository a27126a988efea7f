using Chat.Contracts;

namespace Chat.Client;

/// <summary>Takes ephemerals and forgets them when their time is over, with one timer for all.</summary>
internal sealed class Moments : IAsyncDisposable
{
    private const int MostEarly = 100;

    private readonly ChatModel _model;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    // The last that came before the answers which make their conversations known: the server does not repeat them soon. Under the model's gate.
    private readonly Queue<(Ephemeral Notice, DateTimeOffset At)> _early = [];

    public Moments(ChatModel model, TimeProvider time)
    {
        (_model, _time) = (model, time);
        _timer = time.CreateTimer(_ => Prune(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Apply(Ephemeral notice)
    {
        lock (_model.Gate)
        {
            var now = _time.GetUtcNow();
            if (_model.Perspective.Me.Id is { } me && notice.Actor?.Id == me)
                return;
            if (_model.Find(notice.ConversationId) is { } held)
            {
                held.Ephemerals.Apply(notice, now);
                _model.Show(held);
                Arm();
                return;
            }
            _early.Enqueue((notice, now));
            if (_early.Count > MostEarly)
                _early.Dequeue();
        }
    }

    /// <summary>A conversation is held from now on: gives it what came too early. Under the gate.</summary>
    public void GiveEarly(HeldConversation held)
    {
        foreach (var (notice, at) in _early.Where(early => early.Notice.ConversationId == held.Id))
            held.Ephemerals.Apply(notice, at);
        held.Ephemerals.Prune(_time.GetUtcNow());
        Arm();
    }

    /// <summary>Nothing of it holds once the connection is lost.</summary>
    public void Forget()
    {
        lock (_model.Gate)
        {
            _early.Clear();
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
