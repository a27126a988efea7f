using Chat.Contracts;

namespace Chat.Client;

/// <summary>Takes what the server pushes to everybody.</summary>
/// <param name="model">Where it goes.</param>
/// <param name="syncer">Brings what it tells is missing.</param>
/// <param name="renew">Makes a new connection, whose Hello brings everything.</param>
internal sealed class Incoming(ChatModel model, Syncer syncer, Action renew)
{
    public void Take(object push)
    {
        switch (push)
        {
            case ChatEvent e:
                model.Apply(e);
                break;
            case Skip skip:
                model.Apply(EventOf(skip));
                break;
            case ConversationPage page:
                syncer.Apply([page]);
                break;
            case CursorMoved moved:
                model.Apply(moved);
                break;
            case Ephemeral notice:
                model.Moments.Apply(notice);
                break;
            case Resync { ConversationId: { } id }:
                // Of a visitor's it may be one that another device has opened.
                if (model.Perspective.Side == Side.Visitor)
                    model.Hold(id);
                syncer.WantNow([id]);
                break;
            case Resync:
                // Everything may be missing, also conversations that this client has never heard of.
                renew();
                break;
        }
    }

    /// <summary>It was asked about and not answered for: it is the caller's no more. Changes that wait for it stay to be seen, and are refused.</summary>
    public void Lose(ConversationId id)
    {
        lock (model.Gate)
        {
            model.Drop(id);
            if (model.Outbox.Of(id).Count > 0)
                model.Hold(id);
        }
    }

    private static ChatEvent EventOf(Skip skip) =>
        new()
        {
            ConversationId = skip.ConversationId,
            Epoch = skip.Epoch,
            Seq = skip.Seq,
            Type = EventType.Skip,
        };
}
