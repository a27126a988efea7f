namespace Chat.Contracts;

/// <summary>The one place that decides what a visitor may see. Hub, REST, long-poll and stale views all go through it.</summary>
public static class Projection
{
    /// <summary>Staff or public, by type. Edits and deletions follow their target, which the caller knows.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="target">Audience of the message that an edit or deletion means.</param>
    public static Audience AudienceOf(EventType type, Audience target = Audience.Staff) =>
        type switch
        {
            EventType.Message or EventType.Status or EventType.Assigned or EventType.Rated or EventType.System => Audience.Public,
            EventType.Edited or EventType.Deleted => target,
            _ => Audience.Staff,
        };

    /// <summary>The event as a visitor gets it: public ones without what only staff may know, all others as a skip.</summary>
    public static ChatEvent ForVisitor(ChatEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (e.Audience != Audience.Public)
            return new ChatEvent
            {
                ConversationId = e.ConversationId,
                Epoch = e.Epoch,
                Seq = e.Seq,
                Type = EventType.Skip,
                Audience = Audience.Staff,
            };
        if (SameForVisitor(e))
            return e;
        return e with
        {
            Actor = ForVisitor(e.Actor, e.ConversationId),
            Data = e.Data is { } data
                ? data with
                {
                    Team = null,
                    Assignee = ForVisitor(data.Assignee, e.ConversationId),
                    SnoozedUntil = null,
                }
                : null,
        };
    }

    /// <summary>Whether visitors get exactly what operators get, so that one encoding serves both.</summary>
    public static bool SameForVisitor(ChatEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Audience == Audience.Public
            && e.Actor?.Kind != ActorKind.Operator
            && e.Data is { Assignee: null, Team: null, SnoozedUntil: null };
    }

    /// <summary>The author as the conversation's visitor sees them: an operator under their <see cref="OperatorAlias"/>.</summary>
    public static Actor? ForVisitor(Actor? actor, ConversationId conversation) =>
        actor is { Kind: ActorKind.Operator, Id: { } id } ? actor with { Id = OperatorAlias.Of(conversation, new OperatorId(id)) } : actor;

    /// <summary>The conversation as its visitor gets it.</summary>
    public static Conversation ForVisitor(Conversation c)
    {
        ArgumentNullException.ThrowIfNull(c);
        return c with
        {
            Visitor = ForVisitor(c.Visitor),
            SnoozedUntil = null,
            Assignee = ForVisitor(c.Assignee, c.Id),
            Team = null,
            Page = null,
            Fields = null,
            Tags = null,
        };
    }

    /// <summary>The line of a list as the conversation's visitor gets it.</summary>
    public static InboxRow ForVisitor(InboxRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row with
        {
            Visitor = ForVisitor(row.Visitor),
            SnoozedUntil = null,
            Assignee = ForVisitor(row.Assignee, row.ConversationId),
            Team = null,
            Tags = null,
            WaitingSince = null,
            ReadSeq = null,
        };
    }

    private static VisitorFace ForVisitor(VisitorFace face) => new(face.Id, face.Name, face.Identified);

    private static OperatorFace? ForVisitor(OperatorFace? face, ConversationId conversation) =>
        face is null ? null : face with { Id = new OperatorId(OperatorAlias.Of(conversation, face.Id)) };

    /// <summary>The page as its visitor gets it.</summary>
    public static ConversationPage ForVisitor(ConversationPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return page with
        {
            Conversation = ForVisitor(page.Conversation),
            Events = ForVisitor(page.Events),
            Cursors = ForVisitor(page.Cursors),
        };
    }

    /// <summary>The events as a visitor gets them.</summary>
    public static IReadOnlyList<ChatEvent> ForVisitor(IReadOnlyList<ChatEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var result = new ChatEvent[events.Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = ForVisitor(events[i]);
        return result;
    }

    /// <summary>Cursors as a visitor gets them: the staff's side is one, the farthest of all operators.</summary>
    public static IReadOnlyList<SideCursor> ForVisitor(IReadOnlyList<SideCursor> cursors)
    {
        ArgumentNullException.ThrowIfNull(cursors);
        var result = new List<SideCursor>(2);
        foreach (var side in (ReadOnlySpan<Side>)[Side.Visitor, Side.Operator])
        {
            int delivered = 0,
                read = 0;
            foreach (var cursor in cursors)
            {
                if (cursor.Side != side)
                    continue;
                delivered = Math.Max(delivered, cursor.DeliveredSeq);
                read = Math.Max(read, cursor.ReadSeq);
            }
            if (delivered > 0)
                result.Add(new SideCursor(side, null, delivered, read));
        }
        return result;
    }
}
