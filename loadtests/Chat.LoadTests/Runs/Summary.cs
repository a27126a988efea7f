using System.Globalization;

namespace Chat.LoadTests.Runs;

/// <summary>A figure over all periods of a system.</summary>
internal sealed record Spread(string Name, string Unit, double Median, double Least, double Most)
{
    public override string ToString() =>
        Least == Most ? $"{Number(Median)} {Unit}" : $"{Number(Median)} {Unit} ({Number(Least)}–{Number(Most)})";

    public static double Middle(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Number(double value) =>
        value.ToString(
            Math.Abs(value) switch
            {
                >= 100 => "#,0",
                >= 10 => "0.#",
                _ => "0.##",
            },
            CultureInfo.InvariantCulture
        );
}

/// <summary>One system's value for one of another's: the median of the pairs, and between what 95 of 100 resamplings of them lie.</summary>
internal readonly record struct Ratio(double Median, double Least, double Most)
{
    private const int Resamplings = 2_000;

    /// <summary>Null: there are no pairs, or the other has nothing to be compared with.</summary>
    public static Ratio? Of(IReadOnlyList<double> mine, IReadOnlyList<double> theirs)
    {
        if (mine.Count == 0 || mine.Count != theirs.Count || theirs.Contains(0))
            return null;
        double[] pairs = [.. mine.Zip(theirs, (a, b) => a / b)];
        // The same figures always give the same interval.
        var random = new Random(pairs.Length);
        double[] medians =
        [
            .. Enumerable
                .Range(0, Resamplings)
                .Select(_ => Spread.Middle([.. pairs.Select(_ => pairs[random.Next(pairs.Length)])]))
                .Order(),
        ];
        return new Ratio(Spread.Middle(pairs), medians[Resamplings / 40], medians[^(Resamplings / 40)]);
    }

    public override string ToString() =>
        Least == Most ? $"×{Spread.Number(Median)}" : $"×{Spread.Number(Median)} ({Spread.Number(Least)}–{Spread.Number(Most)})";
}

/// <summary>All that one system did in a run.</summary>
internal sealed record Summary(string System, string Oracle, IReadOnlyList<Sample> Samples)
{
    public IReadOnlyList<Spread> Spreads { get; } = [.. Samples[0].Figures.Select((figure, i) => Over(figure, i, Samples))];

    /// <summary>Null: this system has no such figure.</summary>
    public Spread? SpreadOf(string figure) => Spreads.FirstOrDefault(spread => spread.Name == figure);

    /// <summary>This system's value for one of the other's, period by period.</summary>
    public Ratio? RatioTo(Summary other, string figure) => Ratio.Of(Values(figure), other.Values(figure));

    private List<double> Values(string figure) =>
        [.. Samples.SelectMany(sample => sample.Figures).Where(f => f.Name == figure).Select(f => f.Value)];

    private static Spread Over(Figure figure, int index, IReadOnlyList<Sample> samples)
    {
        double[] values = [.. samples.Select(sample => sample.Figures[index].Value)];
        return new Spread(figure.Name, figure.Unit, Spread.Middle(values), values.Min(), values.Max());
    }
}
