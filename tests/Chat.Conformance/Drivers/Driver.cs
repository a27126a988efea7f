namespace Chat.Conformance.Drivers;

/// <summary>A client under test.</summary>
/// <param name="Name">Its column.</param>
/// <param name="Command">What starts its driver.</param>
internal sealed record Driver(string Name, IReadOnlyList<string> Command)
{
    /// <summary>The SDK of this repository; built beside the suite.</summary>
    public static Driver DotNet { get; } =
        new(
            "Chat.Client",
            ["dotnet", AppContext.BaseDirectory.Replace("Chat.Conformance", "Chat.Driver", StringComparison.Ordinal) + "Chat.Driver.dll"]
        );

    /// <param name="text"><c>name=command with arguments</c>.</param>
    public static Driver Parse(string text)
    {
        var name = text.Split('=', 2);
        return name is [_, { Length: > 0 } command]
            ? new Driver(name[0], command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new ArgumentException($"--client takes name=command, not '{text}'.", nameof(text));
    }
}
