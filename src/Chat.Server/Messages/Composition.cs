using System.Globalization;
using System.Text;

namespace Chat.Server.Messages;

/// <summary>
/// Unicode's normal form C, in which a letter and its marks are one character where there is one. Our own, because the server runs without the system's
/// tables of languages, and .NET leaves texts as they are then.
/// </summary>
internal static class Composition
{
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    // Below it nothing changes, and nothing is changed by what is below it.
    private const char FirstMark = '\u0300';

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    /// <summary>The text itself when there is nothing to compose. It must be well-formed.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange(FirstMark, char.MaxValue))
            return text;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, points);
        Order(points);
        Join(points);
        var composed = new StringBuilder(text.Length);
        foreach (var point in points)
            composed.Append(new Rune(point).ToString());
        return composed.Equals(text) ? text : composed.ToString();
    }

    private static void Decompose(int point, List<int> points)
    {
        var syllable = point - SyllableBase;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            points.Add(LeadBase + syllable / (Vowels * Tails));
            points.Add(VowelBase + syllable / Tails % Vowels);
            if (syllable % Tails > 0)
                points.Add(TailBase + syllable % Tails);
        }
        else if (!Data.Value.Parts.TryGetValue(point, out var parts))
            points.Add(point);
        else
        {
            foreach (var part in parts)
                Decompose(part, points);
        }
    }

    /// <summary>Marks of one letter by their class; those of the same class stay in their order, because they are stacked.</summary>
    private static void Order(List<int> points)
    {
        for (var i = 0; i < points.Count; )
        {
            var start = i;
            while (i < points.Count && Data.Value.ClassOf(points[i]) > 0)
                i++;
            if (i - start > 1)
            {
                var sorted = points.GetRange(start, i - start).OrderBy(Data.Value.ClassOf).ToArray();
                for (var at = 0; at < sorted.Length; at++)
                    points[start + at] = sorted[at];
            }
            i = Math.Max(i, start + 1);
        }
    }

    /// <summary>Each mark into the letter before it, unless a mark of the same class is between them.</summary>
    private static void Join(List<int> points)
    {
        // Of the mark before, -1: the letter is right before.
        var (letter, kept, last) = (-1, 0, -1);
        foreach (var point in points.ToArray())
        {
            var mark = Data.Value.ClassOf(point);
            if (letter >= 0 && last < mark && Pair(points[letter], point) is { } composed)
            {
                points[letter] = composed;
                continue;
            }
            if (mark == 0)
                letter = kept;
            last = mark == 0 ? -1 : mark;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first - LeadBase is >= 0 and < Leads && second - VowelBase is >= 0 and < Vowels)
            return SyllableBase + ((first - LeadBase) * Vowels + second - VowelBase) * Tails;
        var syllable = first - SyllableBase;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && second - TailBase is > 0 and < Tails)
            return first + second - TailBase;
        return Data.Value.Composed.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> _classes = [];

        public Dictionary<int, int[]> Parts { get; } = [];

        public Dictionary<(int, int), int> Composed { get; } = [];

        public int ClassOf(int point) => _classes.GetValueOrDefault(point);

        public static Tables Read()
        {
            var tables = new Tables();
            using var reader = new StreamReader(typeof(Composition).Assembly.GetManifestResourceStream("Composition.txt")!);
            while (reader.ReadLine() is { } line)
            {
                if (line[0] != '#')
                    tables.Add(line.Split(' '));
            }
            return tables;
        }

        private void Add(string[] words)
        {
            if (words[0][0] == '@')
            {
                var range = words[0][1..].Split('-');
                for (var point = Hex(range[0]); point <= Hex(range[1]); point++)
                    _classes[point] = byte.Parse(words[1], CultureInfo.InvariantCulture);
                return;
            }
            var whole = Hex(words[0].TrimEnd('!'));
            Parts[whole] = [.. words.Skip(1).Select(Hex)];
            if (words[0][^1] != '!')
                Composed[(Parts[whole][0], Parts[whole][1])] = whole;
        }

        private static int Hex(string word) => int.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
