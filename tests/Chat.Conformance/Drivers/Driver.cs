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

    /// <summary>Whether there is such a program, by its path or on PATH.</summary>
    public bool IsThere =>
        Command[0].Contains('/', StringComparison.Ordinal)
            ? File.Exists(Command[0])
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Command[0])));

    /// <param name="text"><c>name=command with arguments</c>.</param>
    public static Driver Parse(string text)
    {
        var name = text.Split('=', 2);
        return name is [_, { Length: > 0 } command]
            ? new Driver(name[0], command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new ArgumentException($"--client takes name=command, not '{text}'.", nameof(text));
    }
}
