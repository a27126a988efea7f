using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Server.Hosting;

/// <summary>What the framework could not bind: which parameter or field of the body, and why. Its exceptions say it in words only.</summary>
internal static partial class BadRequests
{
    private const string Body = "body";

    public static Refusal Describe(BadHttpRequestException failure)
    {
        if (JsonFaults.Find(failure.InnerException) is { } field)
            return Refusal.Of(field.Field, FieldFault.Find(field.Reason)!);
        if (Malformed().Match(failure.Message) is { Success: true } malformed)
            return Refusal.Of(malformed.Groups["name"].Value, FieldFault.Malformed);
        if (Missing().Match(failure.Message) is { Success: true } missing)
            return Refusal.Of(missing.Groups["name"].Value, FieldFault.Required);
        return Refusal.Of(Body, FieldFault.Malformed, "The body could not be read.");
    }

    // Anchored: behind these words comes what the caller wrote.
    [GeneratedRegex(
        @"^Failed to bind parameter ""[^""]*? (?<name>\w+)"" from ",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Malformed();

    [GeneratedRegex(
        @"^(Required parameter ""[^""]*? |Implicit body inferred for parameter "")(?<name>\w+)"" (was not provided|but no body)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Missing();
}
