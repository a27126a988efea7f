using Chat.Contracts;
using Chat.Server.Bus;

namespace Chat.Server.Delivery;

/// <summary>
/// Tells a visitor's connections, on every node, of a conversation that they do not know: another device has opened it, or it was moved to the visitor when that device
/// was identified. They ask for it, and follow it from then on.
/// </summary>
internal sealed class GainedConversations(Connections connections, Publisher publisher)
{
    /// <param name="visitor">Whose it is.</param>
    /// <param name="conversation">Which.</param>
    /// <param name="except">The connection whose answer has it.</param>
    public void Publish(VisitorId visitor, ConversationId conversation, ClientConnection? except)
    {
        Deliver(visitor.Value, conversation, except);
        publisher.Publish(EnvelopeItem.Gained(visitor.Value, conversation), Shards.Of(visitor.Value));
    }

    public void Deliver(Guid visitor, ConversationId conversation, ClientConnection? except = null)
    {
        Frame? frame = null;
        foreach (var connection in connections.Of(visitor))
        {
            if (connection != except && connection.IsGreeted && connection.Owner(conversation) is null)
                connection.Outbound.Enqueue(frame ??= Frame.Of(Push.Resync, new Resync(conversation, "opened"), ChatJson.Wire.Resync));
        }
    }
}
