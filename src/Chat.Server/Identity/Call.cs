using Chat.Server.Delivery;

namespace Chat.Server.Identity;

/// <summary>One call of a hub or of REST: everything about it that is not its request.</summary>
/// <param name="Caller">Who calls.</param>
/// <param name="Connection">His socket; null over REST. It follows what it opens, and gets no echo of what it sends.</param>
/// <param name="Cancellation">Ends reads. What is to be stored has a time limit of its own.</param>
internal readonly record struct Call(Caller Caller, ClientConnection? Connection, CancellationToken Cancellation);
