using System.Globalization;
using Chat.Conformance;
using Chat.Conformance.Drivers;
using Chat.Conformance.Mutants;
using Chat.Conformance.Scenarios;
using Chat.Conformance.Verdicts;

// Proves clients: see README.md.
//   --client name=command   a driver; may be given several times. Without one: the .NET SDK
//   --only X,Y              scenarios whose name contains X or Y
//   --report FILE           results as CTRF
//   --seed N                of all that is random
//   --mutants all|tenth|none|NAME   clients with one defect each, which must not pass; none: the one without
//   --commit N              chooses the tenth
// Ends with 0 when all passed, 1 when something failed, 3 when nothing failed and something was not run, 2 for a wrong call.
if (args is ["mutant", var defect])
{
    await Orders.RunAsync(defect);
    return 0;
}
if (args.Length % 2 != 0)
{
    Console.Error.WriteLine(
        "[--client NAME=COMMAND]… [--only X,Y] [--report FILE] [--seed N] [--mutants all|tenth|none|NAME] [--commit N]: see README.md"
    );
    return args is ["--help"] ? 0 : 2;
}
var drivers = new List<Driver>();
string? only = null;
string? report = null;
string? mutants = null;
var commit = 0;
var seed = Random.Shared.Next();
for (var i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--client":
            drivers.Add(Driver.Parse(args[i + 1]));
            break;
        case "--only":
            only = args[i + 1];
            break;
        case "--report":
            report = args[i + 1];
            break;
        case "--seed":
            seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--mutants":
            mutants = args[i + 1];
            break;
        case "--commit":
            commit = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        default:
            Console.Error.WriteLine($"There is no option {args[i]}.");
            return 2;
    }
}
if (drivers.Find(driver => !driver.IsThere) is { } missing)
{
    Console.Error.WriteLine($"The client {missing.Name} cannot be started: there is no program {missing.Command[0]}.");
    return 2;
}
if (drivers.Count == 0 && mutants is null)
    drivers.Add(Driver.DotNet);

Console.Error.WriteLine($"seed {seed}");
var isLong = Environment.GetEnvironmentVariable("CHAT_TEST_LONG") == "1";
var wanted = (only ?? "").Split(',');
var scenarios = AllScenarios.Of(isLong).Where(s => wanted.Any(part => s.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).ToList();
if (scenarios.Count == 0)
{
    Console.Error.WriteLine(
        $"No scenario has {only} in its name. There are:\n{string.Join('\n', AllScenarios.Of(isLong).Select(s => s.Name))}"
    );
    if (report is not null)
        await Report.WriteAsync(report, []);
    return 2;
}
await using var service = await Service.StartAsync();
var results = await new Runner(service, seed).RunAsync(scenarios, drivers);
if (drivers.Count > 0)
    Console.WriteLine(Report.Table(results));
if (mutants is not null)
    results = [.. results, .. await new MutantRun(service, seed, scenarios).RunAsync(mutants, commit, Console.Out)];
if (report is not null)
    await Report.WriteAsync(report, results);
return Report.ExitCode(results);
