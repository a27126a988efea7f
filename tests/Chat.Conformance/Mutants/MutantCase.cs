using System.Text;
using System.Text.RegularExpressions;

namespace Chat.Conformance.Mutants;

/// <summary>A line of the table of defects.</summary>
/// <param name="Index">Its place there, from 0.</param>
/// <param name="Defect">What is wrong.</param>
/// <param name="Scenario">What must see it.</param>
/// <param name="Rule">The words of PROTOCOL.md that it goes against.</param>
/// <param name="Section">Where they are.</param>
internal sealed partial record MutantCase(int Index, Defect Defect, string Scenario, string Rule, string Section)
{
    /// <summary>All of them. Throws where the table is not that of the defects or of the protocol.</summary>
    public static IReadOnlyList<MutantCase> ReadAll()
    {
        var protocol = Protocol();
        var cases = DefectTable
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select((line, index) => Parse(index, line.Split(" | ", 3, StringSplitOptions.TrimEntries), protocol))
            .ToList();
        var missing = Enum.GetValues<Defect>().Except([Defect.None, .. cases.Select(one => one.Defect)]).ToList();
        return missing.Count == 0 ? cases : throw new InvalidOperationException($"Not in the table: {string.Join(", ", missing)}.");
    }

    private static MutantCase Parse(int index, string[] columns, List<(string Section, string Text)> protocol)
    {
        var section = protocol.FirstOrDefault(part => part.Text.Contains(columns[2], StringComparison.Ordinal)).Section;
        if (section is null)
            throw new InvalidOperationException($"PROTOCOL.md does not say \"{columns[2]}\" ({columns[0]}).");
        return new MutantCase(index, Enum.Parse<Defect>(columns[0]), columns[1], columns[2], section);
    }

    /// <summary>The protocol cut at its headings, bold words that begin a paragraph, and numbers; each part in one line.</summary>
    private static List<(string Section, string Text)> Protocol()
    {
        using var file = typeof(MutantCase).Assembly.GetManifestResourceStream("PROTOCOL.md")!;
        using var reader = new StreamReader(file);
        var parts = new List<(string Section, StringBuilder Text)>();
        var heading = "";
        while (reader.ReadLine() is { } line)
        {
            if (Heading().Match(line) is { Success: true } found)
                parts.Add((heading = found.Groups["name"].Value, new StringBuilder()));
            else if (Bold().Match(line) is { Success: true } bold)
                parts.Add(($"{heading}: {bold.Groups["name"].Value.TrimEnd('.')}", new StringBuilder()));
            else if (Number().Match(line) is { Success: true } number)
                parts.Add(($"{heading} {number.Groups["name"].Value}", new StringBuilder()));
            if (parts.Count > 0)
                parts[^1].Text.AppendJoin(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Append(' ');
        }
        return parts.ConvertAll(part => (part.Section, part.Text.ToString()));
    }

    [GeneratedRegex("^##+ (?<name>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(- )?\*\*(?<name>.+?)\*\*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bold();

    [GeneratedRegex(@"^(?<name>\d+)\. ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
