using Chat.Contracts;

namespace Chat.Client;

/// <summary>How far conversations were read that were left before the server knew. Guarded by the model's lock.</summary>
internal sealed class LeftMarks
{
    private readonly Dictionary<ConversationId, (int Epoch, int Seq)> _read = [];

    public IReadOnlyList<ConversationId> All => [.. _read.Keys];

    public int? Find(ConversationId id) => _read.TryGetValue(id, out var read) ? read.Seq : null;

    /// <summary>It is followed no longer.</summary>
    public void Keep(HeldConversation left)
    {
        if (left.Own.ReadSeq > left.Told.ReadSeq)
            _read[left.Id] = (left.Log.Epoch, left.Own.ReadSeq);
    }

    /// <summary>A page of what is followed again, perhaps. Of another log a mark says nothing.</summary>
    public void Take(HeldConversation followed, ConversationPage page, Perspective perspective, bool isWoken)
    {
        followed.Apply(page, perspective, isWoken);
        if (_read.Remove(followed.Id, out var read) && read.Epoch == followed.Log.Epoch)
            followed.Own = followed.Own with { ReadSeq = Math.Max(followed.Own.ReadSeq, read.Seq) };
    }

    /// <summary>The server knows.</summary>
    public void Forget(ConversationId id, int seq)
    {
        if (Find(id) <= seq)
            _read.Remove(id);
    }

    public void Clear() => _read.Clear();
}
