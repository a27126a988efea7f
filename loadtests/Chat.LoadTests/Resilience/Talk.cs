using System.Globalization;
using System.Text.Json;

namespace Chat.LoadTests.Resilience;

/// <summary>One conversation: what was to be sent, what was acknowledged, what the receiver holds.</summary>
internal sealed class Talk(int number)
{
    private readonly List<Passage> _messages = [];

    public int Number => number;

    public Guid Id { get; set; }

    public IReadOnlyList<Passage> Messages => _messages;

    public int Acknowledged { get; private set; }

    /// <summary>Messages that the receiver has applied.</summary>
    public int Delivered { get; private set; }

    /// <summary>The receiver's highest contiguous seq.</summary>
    public int Seq { get; private set; }

    public bool IsQuiet => Acknowledged == _messages.Count && Delivered == _messages.Count;

    public string Cursor => $"{{\"conversationId\":\"{Id}\",\"epoch\":1,\"seq\":{Seq.ToString(CultureInfo.InvariantCulture)}}}";

    /// <summary>The oldest message that is not acknowledged; null: the outbox is empty.</summary>
    public string? NextMessage(string body) =>
        Acknowledged == _messages.Count
            ? null
            : $"{{\"conversationId\":\"{Id}\",\"clientId\":\"00000000-0000-4000-8000-{number:x4}{Acknowledged:x8}\",\"body\":\"{body}\"}}";

    public void Add(long due) => _messages.Add(new Passage(due));

    public void Acknowledge(long now) => _messages[Acknowledged++].AcknowledgedAt = now;

    /// <summary>Takes an event as the protocol says: drops what is held, applies the next. False: there is a hole.</summary>
    public bool TryApply(JsonElement e, long now)
    {
        var seq = e.GetProperty("seq").GetInt32();
        if (seq <= Seq)
            return true;
        if (seq > Seq + 1)
            return false;
        Seq = seq;
        if (e.TryGetProperty("type", out var type) && type.ValueEquals("message"u8))
            Deliver(e.GetProperty("clientId").GetString()!, now);
        return true;
    }

    private void Deliver(string clientId, long now)
    {
        var index = int.Parse(clientId.AsSpan(28), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (index != Delivered)
            throw new InvalidOperationException($"Conversation {number}: message {index} came where {Delivered} was due.");
        _messages[Delivered++].DeliveredAt = now;
    }
}

/// <summary>Moments of one message, ticks of the stopwatch; 0: not yet.</summary>
internal sealed class Passage(long due)
{
    public long Due => due;

    public long AcknowledgedAt { get; set; }

    public long DeliveredAt { get; set; }
}
