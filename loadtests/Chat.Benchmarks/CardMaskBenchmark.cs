using BenchmarkDotNet.Attributes;
using Chat.Server.Messages.Masking;

namespace Chat.Benchmarks;

/// <summary>What each text pays for the search for cards.</summary>
public class CardMaskBenchmark
{
    private const string Plain =
        "Good morning! I have been waiting for my parcel since Thursday and nobody answers the phone. Could you please have a look?";
    private const string Digits =
        "Order 48213-7, paid 129.90 on 2026-11-03, tracking 00340434161094042557, phone +49 30 901820, see you before 18:30 please.";

    private static readonly string Long = string.Concat(Enumerable.Repeat(Plain + " ", 80))[..8000];

    [Benchmark(Baseline = true)]
    public string PlainText() => CardMask.Mask(Plain);

    [Benchmark]
    public string TextWithDigits() => CardMask.Mask(Digits);

    [Benchmark]
    public string EightThousandCharacters() => CardMask.Mask(Long);
}
