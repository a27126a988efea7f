using Chat.Contracts;
using Chat.Server.Bus;

namespace Chat.Server.Delivery;

/// <summary>One push for both audiences; null: that side gets nothing.</summary>
internal sealed record PushPair(Frame? Staff, Frame? Visitor)
{
    /// <summary>Empty JSON means: nothing for that side. The same bytes for both are framed once.</summary>
    public static PushPair Of(in EnvelopeItem push)
    {
        var target = push.Target == PushTarget.Cursor ? Push.Cursor : Push.Ephemeral;
        var staff = push.Staff.IsEmpty ? null : Frame.Of(target, push.Staff.Span);
        if (push.Visitor.IsEmpty)
            return new PushPair(staff, null);
        return new PushPair(staff, push.Staff.Equals(push.Visitor) ? staff : Frame.Of(target, push.Visitor.Span));
    }
}

/// <summary>Cursors as pushes: operators see whose, visitors only the side.</summary>
internal static class CursorPush
{
    public static CursorMoved ForStaff(ConversationId id, SideCursor cursor) =>
        new(id, cursor.Side, cursor.OperatorId, cursor.DeliveredSeq, cursor.ReadSeq);

    public static CursorMoved ForVisitor(ConversationId id, SideCursor cursor) =>
        new(id, cursor.Side, null, cursor.DeliveredSeq, cursor.ReadSeq);

    public static PushPair Of(ConversationId id, SideCursor cursor)
    {
        var staff = Frame.Of(Push.Cursor, ForStaff(id, cursor), ChatJson.Wire.CursorMoved);
        var visitor = cursor.OperatorId is null ? staff : Frame.Of(Push.Cursor, ForVisitor(id, cursor), ChatJson.Wire.CursorMoved);
        return new PushPair(staff, visitor);
    }
}
