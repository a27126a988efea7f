using System.CommandLine;
using Chat.LoadTests;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Workloads;

// Connecting blocks; the timer that pings those who are connected must find a thread meanwhile.
ThreadPool.SetMinThreads(96, 96);
IWorkload[] workloads =
[
    new Idle(),
    new Connects(),
    new DurableChat(),
    new CrossNode(),
    new Broadcast(),
    new Typing(),
    new History(),
    new NodeLoss(),
    new SlowReaders(),
    new RollingRestart(),
];
var root = new RootCommand("Load tests: servers of their own on loopback, bounded in time, an oracle at the end.");
foreach (var workload in workloads)
    root.Add(CommandLine.Of(workload));
root.Add(CommandLine.Faults());
root.Add(CommandLine.Smoke());
return await root.Parse(args).InvokeAsync();
