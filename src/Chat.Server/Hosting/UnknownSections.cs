namespace Chat.Server.Hosting;

/// <summary>A section of the configuration that options are read from.</summary>
internal sealed record SettingsSection(string Name);

/// <summary>
/// Says at start which sections nobody reads: a misspelt one has no effect. They are no fault, since an environment may hold settings of others.
/// </summary>
internal sealed partial class UnknownSections(
    IConfiguration configuration,
    IEnumerable<SettingsSection> sections,
    ILogger<UnknownSections> logger
) : IHostedService
{
    /// <summary>Of the framework, of Serilog and of our own call of it.</summary>
    private static readonly string[] Others = ["Logging", "Kestrel", "Serilog", "hostBuilder"];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var known = new HashSet<string>([.. sections.Select(section => section.Name), .. Others], StringComparer.OrdinalIgnoreCase);
        var unknown = configuration.GetChildren().Where(section => section.GetChildren().Any()).Select(section => section.Key).ToList();
        unknown.RemoveAll(known.Contains);
        if (unknown.Count > 0)
            LogUnknown(string.Join(", ", unknown), string.Join(", ", known.Except(Others).Order(StringComparer.Ordinal)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "There are settings in sections that nothing reads: {Unknown}. The sections are {Known}")]
    private partial void LogUnknown(string unknown, string known);
}
