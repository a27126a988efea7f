using Chat.Contracts;

namespace Chat.Client.Tests.Life;

internal sealed class FakeChat : ChatClient
{
    public WritableStore<ConnectionState> State { get; } = new(new ConnectionState(ConnectionStatus.Online));

    public override Store<ConnectionState> Connection => State;

    public override Task<string> SendAsync(
        ConversationId conversation,
        string body,
        int? replyTo = null,
        Guid? key = null,
        CancellationToken cancellationToken = default
    ) => Task.FromResult("key");
}
