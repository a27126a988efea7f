namespace Chat.Testing.Nodes;

/// <summary>Which server the nodes and commands run.</summary>
public static class ServerProgram
{
    /// <summary>Where it lies. Beside the tests, where the project reference copies it, unless somebody wants to see a published one.</summary>
    public static string Folder { get; set; } = AppContext.BaseDirectory;

    public static IReadOnlyList<string> Command => ["dotnet", Path.Combine(Folder, "Chat.Server.dll")];
}
