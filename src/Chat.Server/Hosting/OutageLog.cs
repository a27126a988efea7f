using Chat.Server.Storage;

namespace Chat.Server.Hosting;

/// <summary>Says why calls fail that only an administrator can mend. Once in a while and not for each call: there may be thousands a second.</summary>
internal sealed partial class OutageLog(TimeProvider time, ILogger<OutageLog> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    // Guards the two fields.
    private readonly Lock _gate = new();
    private string? _said;
    private long _saidAt;

    public void Report(Exception failure)
    {
        if (failure is not (StoreRefusedException or PartitionMissingException))
            return;
        lock (_gate)
        {
            if (failure.Message == _said && time.GetElapsedTime(_saidAt) < Pause)
                return;
            (_said, _saidAt) = (failure.Message, time.GetTimestamp());
        }
        LogRefused(failure.Message);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Calls fail as unavailable: {Reason}")]
    private partial void LogRefused(string reason);
}
