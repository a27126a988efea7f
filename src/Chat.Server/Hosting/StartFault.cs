using Chat.Server.Identity;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Hosting;

/// <summary>What keeps the process from starting, as a person reads it: one sentence that names the setting, and a line of the log.</summary>
internal static class StartFault
{
    public const int ExitCode = 1;

    /// <summary>Says it on standard error and, unless a command's output is there, as a line of the log.</summary>
    public static async Task<int> ReportAsync(Exception e, bool isCommand)
    {
        var sentence = Describe(e);
        if (!isCommand && Console.IsOutputRedirected)
            ObservabilityFeature.WriteFatal(sentence ?? e.Message, sentence is null ? e : null);
        // What nobody foresaw shows where it came from.
        await Console.Error.WriteLineAsync(sentence ?? e.ToString());
        return ExitCode;
    }

    /// <summary>The sentence for what a person has to mend; null for a fault of ours.</summary>
    public static string? Describe(Exception e) =>
        e switch
        {
            AggregateException { InnerExceptions: [{ } only] } => Describe(only),
            AggregateException several when several.InnerExceptions.All(one => Describe(one) is not null) => string.Join(
                ' ',
                several.InnerExceptions.Select(Describe)
            ),
            OptionsValidationException options => string.Join(' ', options.Failures),
            UnfitDatabaseException or UnfitKeyException or StoreUnavailableException => e.Message,
            PostgresException
            {
                SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction
            } => "The database's schema is older than this server: run the command migrate first.",
            IOException { InnerException: AddressInUseException } => $"{e.Message} Http:Port and Http:ManagementPort say where to listen.",
            // The port of a privileged service, or an address that is not this machine's.
            System.Net.Sockets.SocketException => $"{e.Message}: Http:Port, Http:ManagementPort and Http:Address say where to listen.",
            _ when e.Source == "Microsoft.Extensions.Logging.Configuration" => $"Logging:LogLevel: {e.Message}",
            _ => null,
        };
}
