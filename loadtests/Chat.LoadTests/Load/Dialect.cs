using System.Text;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Load;

/// <summary>What the same conversation looks like on the wires of different systems.</summary>
internal abstract class Dialect
{
    /// <summary>The usual text of a message: of usual length; a number in it makes a search for cards look closer, as it must in life.</summary>
    public const string Body =
        "Good morning! My order 48213 has not arrived yet, the page says it left your store last Thursday. Could you please look?";

    /// <summary>Ends a record within frames; null: a frame is a record.</summary>
    public virtual byte? Separator => null;

    /// <summary>A frame that keeps an idle connection alive.</summary>
    public abstract byte[] KeepAlive { get; }

    /// <summary>What stands before the id of a message in records.</summary>
    public virtual byte[] IdMark { get; } = "\"clientId\":\""u8.ToArray();

    /// <summary>Acknowledgements repeat the id of their message; else they are counted.</summary>
    public virtual bool AcknowledgesById => true;

    /// <summary>A frame that sends one message with this id.</summary>
    public virtual byte[] Send(string conversation, string id, string body) =>
        WebSocketLink.Frame(Message(conversation, id, body), Separator);

    /// <summary>A frame that tells the other side that somebody types.</summary>
    public byte[] Typing(string conversation) => WebSocketLink.Frame(TypingNotice(conversation), Separator);

    public abstract bool IsAcknowledgement(ReadOnlySpan<byte> record);

    public abstract bool IsDelivery(ReadOnlySpan<byte> record);

    public abstract bool IsEphemeral(ReadOnlySpan<byte> record);

    /// <summary>A changed row of a list that many watch.</summary>
    public abstract bool IsRow(ReadOnlySpan<byte> record);

    /// <summary>Position of a delivered message in its conversation; 0: the system has none.</summary>
    public virtual int SeqOf(ReadOnlySpan<byte> record) => 0;

    /// <summary>Why a record must not come in a run that counts, or null.</summary>
    public virtual string? Complaint(ReadOnlySpan<byte> record) => null;

    protected abstract string Message(string conversation, string id, string body);

    protected abstract string TypingNotice(string conversation);

    protected static string Text(ReadOnlySpan<byte> record) => Encoding.UTF8.GetString(record[..Math.Min(record.Length, 300)]);
}
