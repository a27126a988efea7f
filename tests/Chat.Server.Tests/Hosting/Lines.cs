using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Hosting;

/// <summary>A log that is read afterwards.</summary>
internal sealed class Lines<T> : ILogger<T>
{
    public List<LogLevel> Levels { get; } = [];

    public List<string> Messages { get; } = [];

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
        Levels.Add(logLevel);
        Messages.Add(formatter(state, exception));
    }
}
