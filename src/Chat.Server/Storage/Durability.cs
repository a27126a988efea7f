using System.Globalization;

namespace Chat.Server.Storage;

/// <summary>What an acknowledgement is worth, by the database's settings.</summary>
/// <param name="Servers">
/// How many servers have an acknowledged message at least. 2 and more: with synchronous standbys, and the loss of a server loses nothing. 1: it survives a crash of the
/// server, not its loss. 0: a crash of the server may lose it.
/// </param>
/// <param name="Settings">The settings that say so, for a person.</param>
internal sealed record Durability(int Servers, string Settings)
{
    /// <summary>Of PostgreSQL's settings, as a session of ours has them.</summary>
    public static Durability OfPostgres(string synchronousCommit, string standbyNames, string fsync, string fullPageWrites)
    {
        var settings =
            $"synchronous_commit={synchronousCommit}, synchronous_standby_names='{standbyNames}', fsync={fsync}, full_page_writes={fullPageWrites}";
        var servers =
            synchronousCommit == "off" || fsync != "on" || fullPageWrites != "on" ? 0
            : synchronousCommit == "local" || string.IsNullOrWhiteSpace(standbyNames) ? 1
            : 1 + Standbys(standbyNames);
        return new Durability(servers, settings);
    }

    public override string ToString() =>
        Servers switch
        {
            0 => $"a crash of the database's server may lose acknowledged messages ({Settings})",
            1 => $"acknowledged messages are on one server, whose loss loses them ({Settings})",
            _ => $"acknowledged messages are on {Servers} servers ({Settings})",
        };

    /// <summary><c>ANY 2 (a, b, c)</c>, <c>FIRST 1 (a, b)</c>, <c>2 (a, b)</c>, or names, of which the first one counts.</summary>
    private static int Standbys(string names)
    {
        var words = names.Split((char[])[' ', '\t', '\n', '('], StringSplitOptions.RemoveEmptyEntries);
        var isNamed =
            words[0].Equals("ANY", StringComparison.OrdinalIgnoreCase) || words[0].Equals("FIRST", StringComparison.OrdinalIgnoreCase);
        var count = isNamed && words.Length > 1 ? words[1] : words[0];
        return names.Contains('(', StringComparison.Ordinal) && int.TryParse(count, CultureInfo.InvariantCulture, out var standbys)
            ? standbys
            : 1;
    }
}
