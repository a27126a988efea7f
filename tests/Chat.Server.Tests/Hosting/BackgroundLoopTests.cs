using System.Diagnostics.Metrics;
using Chat.Server.Hosting;
using Chat.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Hosting;

public sealed class BackgroundLoopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_loop_survives_any_failure_and_says_so_once_for_each_outage_and_reason(bool inRounds)
    {
        var lines = new Lines<ScriptedLoop>();
        using var failures = new FailureCounter();
        Exception?[] outcomes =
        [
            new StoreUnavailableException("away"),
            new StoreUnavailableException("away"),
            null,
            new InvalidCastException("ours"),
            new OperationCanceledException("somebody else's"),
            new InvalidCastException("ours"),
            null,
        ];
        using var loop = new ScriptedLoop(outcomes, inRounds, lines);

        await loop.StartAsync(CancellationToken.None);
        await loop.Done.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await loop.StopAsync(CancellationToken.None);

        Assert.True(loop.ExecuteTask!.IsCompleted);
        Assert.Equal(["outage", "outage", "fault", "outage", "fault"], failures.Kinds);
        // The end of the script is no round of its own where the loop makes none.
        LogLevel[] expected = inRounds
            ? [LogLevel.Warning, LogLevel.Information, LogLevel.Error, LogLevel.Warning, LogLevel.Information]
            : [LogLevel.Warning, LogLevel.Error, LogLevel.Warning];
        Assert.Equal(expected, lines.Levels);
    }

    [Fact]
    public async Task A_fault_in_the_middle_of_an_outage_is_news()
    {
        var lines = new Lines<ScriptedLoop>();
        using var loop = new ScriptedLoop(
            [new StoreUnavailableException("away"), new InvalidCastException("ours"), new InvalidCastException("ours"), null],
            inRounds: true,
            lines
        );

        await loop.StartAsync(CancellationToken.None);
        await loop.Done.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await loop.StopAsync(CancellationToken.None);

        Assert.Equal([LogLevel.Warning, LogLevel.Error, LogLevel.Information], lines.Levels);
    }

    [Fact]
    public async Task A_round_that_outlives_the_host_is_no_failure()
    {
        var lines = new Lines<ScriptedLoop>();
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loop = new OutlivingLoop(gone.Task, lines);
        await loop.StartAsync(CancellationToken.None);
        var run = loop.ExecuteTask!;
        await loop.Begun.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        // As after a start that failed: nobody waits for it.
        loop.Dispose();
        gone.SetResult();
        await run.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Empty(lines.Levels);
    }

    /// <summary>Works with what is taken away meanwhile.</summary>
    private sealed class OutlivingLoop(Task gone, ILogger logger) : BackgroundLoop(TimeProvider.System, logger)
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>A run that is ended before it begins is never begun.</summary>
        public Task Begun => _begun.Task;

        protected override async Task RunAsync(CancellationToken stoppingToken)
        {
            _begun.SetResult();
            await gone;
            throw new ObjectDisposedException("what it works with");
        }
    }

    /// <summary>Fails as the script says, in rounds or as a whole.</summary>
    private sealed class ScriptedLoop(Exception?[] outcomes, bool inRounds, ILogger logger) : BackgroundLoop(TimeProvider.System, logger)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _next;

        public Task Done => _done.Task;

        protected override async Task RunAsync(CancellationToken stoppingToken)
        {
            while (_next < outcomes.Length)
            {
                if (inRounds)
                    await TryAsync(_ => Round(), stoppingToken);
                else
                    await Round();
            }
            _done.SetResult();
            await Task.Delay(Timeout.Infinite, stoppingToken);
        }

        private Task Round() => outcomes[_next++] is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }

    private sealed class FailureCounter : IDisposable
    {
        private readonly MeterListener _listener = new();

        public FailureCounter()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "chat.loop.failures")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, count, tags, _) =>
                {
                    if (count > 0 && tags[0].Value is nameof(ScriptedLoop))
                        Kinds.Add((string)tags[1].Value!);
                }
            );
            _listener.Start();
        }

        public List<string> Kinds { get; } = [];

        public void Dispose() => _listener.Dispose();
    }
}
