using System.Globalization;

namespace Chat.LoadTests.Runs;

/// <summary>RESULTS.md: a section for each workload, a block for each plan of it, in the place of an earlier run of the same plan.</summary>
internal static class ResultsFile
{
    public static async Task PutAsync(
        DirectoryInfo folder,
        string section,
        string heading,
        Machine machine,
        string source,
        string table,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(folder.FullName, "RESULTS.md");
        var text = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellation) : "# Results\n";
        var block = string.Create(
            CultureInfo.InvariantCulture,
            $"### {heading}\n\n{machine}, {source}\n\n```\n{CommandOf(Environment.GetCommandLineArgs())}\n```\n\n{table}"
        );
        await File.WriteAllTextAsync(file, With(text, $"## {section}", $"### {heading}", block), cancellation);
    }

    private static string CommandOf(IEnumerable<string> arguments) =>
        $"dotnet run -c Release --project loadtests/Chat.LoadTests -- {string.Join(' ', arguments.Skip(1))}";

    /// <summary>The text with the block below its section's heading, in the place of one with the same heading of its own.</summary>
    private static string With(string text, string section, string heading, string block)
    {
        var sections = Split(text, "## ");
        var at = sections.FindIndex(part => part.StartsWith(section + "\n", StringComparison.Ordinal));
        if (at < 0)
        {
            sections.Add($"{section}\n");
            at = sections.Count - 1;
        }
        var blocks = Split(sections[at], "### ");
        var old = blocks.FindIndex(part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
        if (old < 0)
            blocks.Add(block);
        else
            blocks[old] = block;
        sections[at] = string.Join("\n\n", blocks.Select(part => part.TrimEnd()));
        return string.Join("\n\n", sections.Select(part => part.TrimEnd())) + "\n";
    }

    /// <summary>What stands before the first line that begins so, and each such line with what follows it.</summary>
    private static List<string> Split(string text, string mark)
    {
        var parts = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (parts.Count == 0 || line.StartsWith(mark, StringComparison.Ordinal))
                parts.Add(line + "\n");
            else
                parts[^1] += line + "\n";
        }
        return parts;
    }
}
