using System.CommandLine;
using System.CommandLine.Parsing;
using Chat.LoadTests.Faults;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;
using Chat.LoadTests.Workloads;
using Chat.Testing.Nodes;

namespace Chat.LoadTests;

/// <summary>Options that all workloads share; what is not given is the workload's own default.</summary>
internal static class CommandLine
{
    public static Command Of(IWorkload workload)
    {
        var plan = workload.Default;
        var nodes = Number("--nodes", "Server processes.", plan.Nodes);
        var count = Number("--count", $"How many {workload.Unit}.", plan.Count);
        var seconds = Number("--seconds", "Of one measured period.", plan.Seconds);
        var warmUp = Number("--warm-up", "Seconds before, under the same load.", plan.WarmUp);
        var rate = Number("--rate", "A second, on a schedule; 0: closed loop, one in flight in each conversation.", plan.Rate);
        var repeat = Number("--repeat", "Measured periods of each system, in turn.", plan.Repeat);
        var against = Words("--against", "Peers in the same run: socketio, signalr, ejabberd.");
        var set = Words("--set", "NAME=VALUE: environment of our nodes, for comparisons.");
        var server = Server();
        var record = Record();
        var target = new TargetOptions();
        var command = new Command(workload.Name, workload.Title)
        {
            nodes,
            count,
            seconds,
            warmUp,
            rate,
            repeat,
            against,
            set,
            server,
            record,
        };
        var heap = new Option<bool>("--heap") { Description = "Tell which objects a connection consists of (.NET)." };
        if (workload is Idle)
            command.Add(heap);
        target.AddTo(command);
        command.SetAction(
            (parsed, _) =>
            {
                Use(parsed.GetValue(server));
                return Runner.RunAsync(
                    workload,
                    new Plan
                    {
                        Nodes = parsed.GetValue(nodes),
                        Count = parsed.GetValue(count),
                        Seconds = parsed.GetValue(seconds),
                        WarmUp = parsed.GetValue(warmUp),
                        Rate = parsed.GetValue(rate),
                        Repeat = parsed.GetValue(repeat),
                        Against = parsed.GetValue(against)!,
                        Heap = parsed.GetValue(heap),
                        Settings = parsed.GetValue(set)!,
                        Record = parsed.GetValue(record),
                        Target = target.Read(parsed),
                    }
                );
            }
        );
        return command;
    }

    public static Command Smoke()
    {
        var results = new Option<FileInfo?>("--results") { Description = "File for the results, as CTRF." };
        var filter = new Option<string>("--filter") { Description = "Only tests whose name contains this.", DefaultValueFactory = _ => "" };
        var command = new Command("smoke", "Every workload in small: checks the oracles, never timings.") { results, filter };
        command.SetAction((parsed, _) => LoadTests.Smoke.RunAsync(parsed.GetValue(results), parsed.GetValue(filter)!));
        return command;
    }

    public static Command Faults()
    {
        var count = Number("--count", "How many conversations.", 200);
        var rate = Number("--rate", "Messages a second.", 200);
        var server = Server();
        var record = Record();
        var only = Words("--only", $"Some of: {string.Join(", ", Fault.All.Select(fault => fault.Name))}.");
        var command = new Command("faults", "Breaks one thing after the other under load, and tells what people notice.")
        {
            count,
            rate,
            only,
            server,
            record,
        };
        command.SetAction(
            (parsed, token) =>
            {
                Use(parsed.GetValue(server));
                return FaultSuite.RunAsync(
                    parsed.GetValue(count),
                    parsed.GetValue(rate),
                    parsed.GetValue(only)!,
                    parsed.GetValue(record),
                    token
                );
            }
        );
        return command;
    }

    private static Option<DirectoryInfo?> Server() =>
        new("--server") { Description = "Folder of a published server, as the image has it, in place of the one just built." };

    private static Option<DirectoryInfo?> Record() => new("--record") { Description = "Folder for RESULTS.md and results/ (loadtests)." };

    private static void Use(DirectoryInfo? server)
    {
        if (server is not null)
            ServerProgram.Folder = server.FullName;
    }

    private static Option<int> Number(string name, string description, int value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string[]> Words(string name, string description) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
}

/// <summary>A cluster of the user's own. The password comes from the environment, so that it is in no history of a shell.</summary>
internal sealed class TargetOptions
{
    private const string PasswordVariable = "CHAT_LOAD_PASSWORD";

    private readonly Option<Uri[]> _addresses = new("--target")
    {
        Description = "http:// addresses of a cluster that runs already, past what ends TLS.",
        DefaultValueFactory = _ => [],
        // The library has no way of its own to make addresses of words.
        CustomParser = ReadAddresses,
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string> _inbox = new("--inbox")
    {
        Description = "Public key of an inbox for native apps.",
        DefaultValueFactory = _ => "",
    };
    private readonly Option<string> _email = new("--operator")
    {
        Description = $"E-mail of an operator of that inbox; {PasswordVariable} has the password.",
        DefaultValueFactory = _ => "",
    };

    private static Uri[] ReadAddresses(ArgumentResult result)
    {
        var addresses = new List<Uri>();
        foreach (var token in result.Tokens)
        {
            if (Uri.TryCreate(token.Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp)
                addresses.Add(address);
            else
                result.AddError($"--target: '{token.Value}' is not an http:// address.");
        }
        return [.. addresses];
    }

    public void AddTo(Command command)
    {
        command.Add(_addresses);
        command.Add(_inbox);
        command.Add(_email);
    }

    public Target? Read(ParseResult parsed) =>
        parsed.GetValue(_addresses) is { Length: > 0 } addresses
            ? new Target(
                addresses,
                parsed.GetValue(_inbox)!,
                parsed.GetValue(_email)!,
                Environment.GetEnvironmentVariable(PasswordVariable) ?? ""
            )
            : null;
}
