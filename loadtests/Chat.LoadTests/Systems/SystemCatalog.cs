using Chat.LoadTests.Runs;

namespace Chat.LoadTests.Systems;

/// <summary>The systems by their names on the command line.</summary>
internal static class SystemCatalog
{
    public static IEnumerable<string> Names(Plan plan) => [plan.Target is null ? "chat" : "target", .. plan.Against];

    public static async Task<ISystem> StartAsync(string name, Plan plan, CancellationToken cancellation) =>
        name switch
        {
            "chat" => await ChatSystem.StartAsync(plan.Nodes, plan.Settings, cancellation),
            "target" => new TargetSystem(plan.Target!),
            _ => throw new InvalidOperationException($"There is no system \"{name}\"."),
        };
}
