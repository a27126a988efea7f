using Chat.Contracts;

namespace Chat.Testing.Clients;

/// <summary>One change that a client made, and how it ended. Neither acknowledged nor refused: its fate is unknown.</summary>
public sealed class SentChange(ConversationId conversationId, Guid clientId, string method)
{
    public ConversationId ConversationId { get; } = conversationId;

    public Guid ClientId { get; } = clientId;

    public string Method { get; } = method;

    /// <summary>The acknowledged event; null also where there was nothing to change.</summary>
    public ChatEvent? Event { get; private set; }

    public ErrorCode? Refusal { get; private set; }

    public bool IsAcknowledged { get; private set; }

    internal void Acknowledge(ChatEvent? e) => (Event, IsAcknowledged) = (e, true);

    internal void Refuse(ErrorCode refusal) => Refusal = refusal;

    /// <summary>What every request that changes something has.</summary>
    internal static SentChange Of(string method, object request) =>
        request switch
        {
            SendMessage r => new(r.ConversationId, r.ClientId, method),
            EditMessage r => new(r.ConversationId, r.ClientId, method),
            DeleteMessage r => new(r.ConversationId, r.ClientId, method),
            ConversationCommand r => new(r.ConversationId, r.ClientId, method),
            RateConversation r => new(r.ConversationId, r.ClientId, method),
            WriteNote r => new(r.ConversationId, r.ClientId, method),
            AssignConversation r => new(r.ConversationId, r.ClientId, method),
            TransferConversation r => new(r.ConversationId, r.ClientId, method),
            SetStatus r => new(r.ConversationId, r.ClientId, method),
            TagConversation r => new(r.ConversationId, r.ClientId, method),
            _ => throw new ArgumentException($"{request.GetType().Name} is not a change", nameof(request)),
        };
}
