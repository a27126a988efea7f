namespace Chat.Scene;

/// <summary>Servers that a test may use and break.</summary>
internal interface IScene : IAsyncDisposable
{
    /// <summary>Addresses and accounts.</summary>
    object Describe();

    /// <summary>Does what is ordered; null: there is nothing to tell.</summary>
    Task<object?> DoAsync(Order order);
}

/// <summary>One order.</summary>
/// <param name="Do">
/// <c>operator</c> (name, role, inbox) adds one who has signed in before; <c>log</c> (conversation) reads what is stored; <c>kill</c>, <c>terminate</c>,
/// <c>restart</c> (node); <c>route</c> (door, node) sends new connections elsewhere; <c>refuse</c>, <c>accept</c>, <c>cut</c> (door);
/// <c>providerGone</c> ends the identity provider.
/// </param>
internal sealed record Order(
    string Do,
    int Node = 0,
    int Door = 0,
    string Name = "Olga",
    string Role = "operator",
    string Inbox = "demo",
    Guid Conversation = default
);
