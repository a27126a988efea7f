using System.Globalization;

namespace Chat.LoadTests.Runs;

/// <summary>A figure over all periods of a system.</summary>
internal sealed record Spread(string Name, string Unit, double Median, double Least, double Most)
{
    public override string ToString() =>
        Least == Most ? $"{Number(Median)} {Unit}" : $"{Number(Median)} {Unit} ({Number(Least)}–{Number(Most)})";

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

/// <summary>All that one system did in a run.</summary>
internal sealed record Summary(string System, string Oracle, IReadOnlyList<Sample> Samples)
{
    public IReadOnlyList<Spread> Spreads { get; } = [.. Samples[0].Figures.Select((figure, i) => SpreadOf(figure, i, Samples))];

    public double? Median(string figure) => Spreads.FirstOrDefault(s => s.Name == figure)?.Median;

    /// <summary>This system's value for one of the other's, period by period: median.</summary>
    public double? Ratio(Summary other, string figure)
    {
        var (mine, theirs) = (Values(figure), other.Values(figure));
        return mine.Count == 0 || mine.Count != theirs.Count ? null : Middle([.. mine.Zip(theirs, (a, b) => a / b)]);
    }

    private List<double> Values(string figure) =>
        [.. Samples.SelectMany(sample => sample.Figures).Where(f => f.Name == figure).Select(f => f.Value)];

    private static Spread SpreadOf(Figure figure, int index, IReadOnlyList<Sample> samples)
    {
        double[] values = [.. samples.Select(sample => sample.Figures[index].Value)];
        return new Spread(figure.Name, figure.Unit, Middle(values), values.Min(), values.Max());
    }

    private static double Middle(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
