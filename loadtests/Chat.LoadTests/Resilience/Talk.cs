using System.Globalization;

namespace Chat.LoadTests.Resilience;

/// <summary>One conversation: what was to be sent, what was acknowledged, what the receiver holds.</summary>
internal sealed class Talk(int number)
{
    private readonly List<Passage> _messages = [];

    // Index of the message that is to be delivered next.
    private int _due;

    public int Number => number;

    public string Id { get; set; } = "";

    public IReadOnlyList<Passage> Messages => _messages;

    public int Acknowledged { get; private set; }

    /// <summary>Messages that the receiver has applied.</summary>
    public int Delivered { get; private set; }

    /// <summary>Of the last event that the receiver has applied, as the system counts.</summary>
    public long Position { get; set; }

    public bool IsQuiet => Acknowledged == _messages.Count && _due == _messages.Count;

    /// <summary>Of the oldest message that is not acknowledged; null: the outbox is empty.</summary>
    public string? NextId => Acknowledged == _messages.Count ? null : $"00000000-0000-4000-8000-{number:x4}{Acknowledged:x8}";

    public void Add(long due) => _messages.Add(new Passage(due));

    public void Acknowledge(long now) => _messages[Acknowledged++].AcknowledgedAt = now;

    /// <summary>One that comes ahead of others passes these over: they are lost.</summary>
    public void Deliver(string clientId, long now)
    {
        var index = int.Parse(clientId.AsSpan(28), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (index < _due)
            throw new InvalidOperationException($"Conversation {number}: message {index} came where {_due} was due.");
        _messages[index].DeliveredAt = now;
        _due = index + 1;
        Delivered++;
    }
}

/// <summary>Moments of one message, ticks of the stopwatch; 0: not yet.</summary>
internal sealed class Passage(long due)
{
    public long Due => due;

    public long AcknowledgedAt { get; set; }

    public long DeliveredAt { get; set; }
}
