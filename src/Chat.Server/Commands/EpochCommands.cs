using System.CommandLine;
using System.Globalization;
using Chat.Server.Storage;

namespace Chat.Server.Commands;

/// <summary><c>epoch raise</c>.</summary>
internal static class EpochCommands
{
    public static Command Describe(IServiceProvider services)
    {
        var raise = new Command(
            "raise",
            "Starts a new generation of the log, after commits were lost: every client starts again from a snapshot."
        );
        raise.SetAction(
            async (parsed, cancellation) =>
            {
                var epoch = await services.GetRequiredService<IEventLog>().RaiseEpochAsync(cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(epoch.ToString(CultureInfo.InvariantCulture));
                return 0;
            }
        );
        return new Command("epoch", "Generation of the log.") { raise };
    }
}
