using Chat.Contracts;

namespace Chat.Client;

/// <summary>The Hello of a fresh connection: what is held is asked about, and what the answer says of it is taken.</summary>
internal sealed class Greeting(ChatModel model, Syncer syncer, ITokens tokens, Store<Me?> me, string? locale)
{
    private static readonly string Sdk = $"chat-dotnet/{typeof(Greeting).Assembly.GetName().Version?.ToString(3)}";

    // Written before a connection is online, read when it is.
    private HashSet<ConversationId> _greeted = [];

    public async Task SayAsync(ILink link, CancellationToken cancellationToken)
    {
        var life = model.Life;
        var cursors = model.Cursors().Take(Limits.Cursors);
        var hello = new Hello(ProtocolVersion.Current, model.Account.DeviceId, Sdk, locale, [.. cursors]);
        HelloResult answer;
        try
        {
            answer = await link.CallAsync<HelloResult>(nameof(IChatHub.Hello), hello, cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code)
        {
            tokens.Forget();
            throw new ChatException(ChatException.Network, e);
        }
        if (model.Life != life)
            throw new ChatException(ChatException.Network, "The answer is for a user who has gone.");
        if (!model.Account.SetMe(answer.You))
        {
            // It was asked about conversations of somebody else.
            await SayAsync(link, cancellationToken);
            return;
        }
        me.Set(answer.You);
        // Those that are not answered for are the caller's no more, and left out.
        syncer.Apply(hello.Cursors!, answer.Conversations, life);
        var given = answer.Conversations.Select(page => page.Conversation.Id);
        _greeted = [.. given, .. hello.Cursors!.Select(cursor => cursor.ConversationId)];
    }

    /// <summary>There was no room for these in the Hello, or they are held since.</summary>
    public IReadOnlyList<ConversationId> Missed() =>
        [.. model.Cursors().Select(cursor => cursor.ConversationId).Where(id => !_greeted.Contains(id))];
}
