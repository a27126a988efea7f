using System.Globalization;
using Chat.Conformance;
using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;
using Chat.Conformance.Verdicts;

// Proves clients: see README.md.
//   --client name=command   a driver; may be given several times. Without one: the .NET SDK
//   --only X                scenarios whose name contains X
//   --report FILE           results as CTRF
//   --seed N                of all that is random
var drivers = new List<Driver>();
string? only = null;
string? report = null;
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
        default:
            Console.Error.WriteLine($"There is no option {args[i]}.");
            return 2;
    }
}
if (drivers.Count == 0)
    drivers.Add(Driver.DotNet);

Console.Error.WriteLine($"seed {seed}");
var isLong = Environment.GetEnvironmentVariable("CHAT_TEST_LONG") == "1";
var scenarios = AllScenarios.Of(isLong).Where(s => s.Name.Contains(only ?? "", StringComparison.OrdinalIgnoreCase)).ToList();
await using var service = await Service.StartAsync();
var results = await new Runner(service, seed).RunAsync(scenarios, drivers);
Console.WriteLine(Report.Table(results));
if (report is not null)
    await Report.WriteAsync(report, results);
return results.All(r => r.Fault is null) ? 0 : 1;
