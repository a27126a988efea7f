using System.CommandLine;
using System.CommandLine.Help;
using Chat.Server.Storage;
using Microsoft.Extensions.Options;

namespace Chat.Server.Commands;

/// <summary>
/// What an administrator does from a shell, next to running servers: they see it with their next look at the database, 15 s at most. An embedded server
/// must be stopped first, since its folder has one user. Exit codes: 0 done, 1 refused, 2 bad usage.
/// </summary>
internal static class CommandLine
{
    public const int Refused = 1;
    public const int BadUsage = 2;

    /// <summary>Whether the arguments name a command; otherwise they are settings of the server (<c>--Storage:DataFolder x</c>).</summary>
    public static bool IsCommand(IReadOnlyList<string> args) =>
        args.Count > 0 && (args[0] is "--help" or "-h" or "-?" or "--version" || !args[0].StartsWith('-'));

    /// <summary>
    /// Whether a command has to do with the database. Help, the version and bad usage have not: they are answered without a configuration and beside a running
    /// embedded server.
    /// </summary>
    public static bool NeedsServer(string[] args) =>
        Describe(NoServices.Instance).Parse(args) is { Errors.Count: 0 } parsed
        && parsed.Action is not (HelpAction or null)
        && parsed.CommandResult.Command is not RootCommand;

    /// <summary>Answers what needs no server.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellation) =>
        RunAsync(NoServices.Instance, args, output, errors, cancellation);

    public static async Task<int> RunAsync(
        IServiceProvider services,
        string[] args,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellation
    )
    {
        var parsed = Describe(services).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await errors.WriteLineAsync(error.Message.AsMemory(), cancellation);
            await errors.WriteLineAsync("Add --help to see what a command takes.".AsMemory(), cancellation);
            return BadUsage;
        }
        // An embedded database is nobody else's: as at its server's start, it is brought to this version, or made.
        if (services.GetService<IOptions<StorageOptions>>() is { Value.Provider: StorageProvider.Sqlite })
            await services.GetRequiredService<ISchema>().MigrateAsync(cancellation);
        // Without its own handlers for signals and exceptions: the host has the first, and a failure should show where it came from.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, cancellation);
    }

    private static RootCommand Describe(IServiceProvider services) =>
        new("Chat server. Without a command it serves.")
        {
            StorageCommands.DescribeMigrate(services),
            StorageCommands.DescribeMaintain(services),
            InboxCommands.Describe(services),
            OperatorCommands.Describe(services),
            KeyCommands.Describe(services),
            EpochCommands.Describe(services),
            PushCommands.Describe(services),
        };

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
