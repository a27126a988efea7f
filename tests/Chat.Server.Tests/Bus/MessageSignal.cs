using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Bus;

/// <summary>A log that tells when a message with these words was written.</summary>
internal sealed class MessageSignal<T>(string words) : ILogger<T>
{
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Seen => _seen.Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (formatter(state, exception).Contains(words, StringComparison.Ordinal))
            _seen.TrySetResult();
    }
}
