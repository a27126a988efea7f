namespace Chat.Driver;

/// <summary>A client that takes orders.</summary>
internal interface IDriven : IAsyncDisposable
{
    /// <summary>Does it; the answer's result.</summary>
    /// <exception cref="NotSupportedException">It does not know the order.</exception>
    Task<object?> DoAsync(Order order);
}
