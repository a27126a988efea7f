using System.CommandLine;
using Chat.LoadTests.W3;

var nodes = new Option<int>("--nodes")
{
    Description = "Server processes; visitor and operator are on neighbours.",
    DefaultValueFactory = _ => 2,
};
var conversations = new Option<int>("--conversations")
{
    Description = "Each with one visitor and one operator socket.",
    DefaultValueFactory = _ => 500,
};
var seconds = new Option<int>("--seconds") { Description = "Measured, after the warm-up.", DefaultValueFactory = _ => 10 };
var warmUp = new Option<int>("--warm-up") { Description = "Seconds before, under the same load.", DefaultValueFactory = _ => 12 };
var rate = new Option<int>("--rate")
{
    Description = "Messages a second on a schedule; 0: closed loop, one message in flight in each conversation.",
};
var repeat = new Option<int>("--repeat") { Description = "Measured periods, one after the other.", DefaultValueFactory = _ => 1 };
var json = new Option<FileInfo?>("--json") { Description = "File for the figures." };
var set = new Option<string[]>("--set")
{
    Description = "NAME=VALUE: environment of the nodes, for comparisons.",
    DefaultValueFactory = _ => [],
};

var w3 = new Command("W3", "Durable messages between two people on different nodes.")
{
    nodes,
    conversations,
    seconds,
    warmUp,
    rate,
    repeat,
    json,
    set,
};
w3.SetAction(
    (parsed, _) =>
        DurableChat.RunAsync(
            new DurableChatOptions(
                parsed.GetValue(nodes),
                parsed.GetValue(conversations),
                parsed.GetValue(seconds),
                parsed.GetValue(warmUp),
                parsed.GetValue(rate),
                parsed.GetValue(repeat),
                parsed.GetValue(json),
                parsed.GetValue(set) ?? []
            )
        )
);
return await new RootCommand("Load tests: servers of their own on loopback, bounded in time, an oracle at the end.") { w3 }
    .Parse(args)
    .InvokeAsync();
