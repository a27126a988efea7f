using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Api;

/// <summary>What services answer, as HTTP.</summary>
internal static class ApiResult
{
    public static IResult Of<T>(Outcome<T> outcome)
        where T : notnull => outcome.IsRefused ? Problems.Problem(outcome.Refusal) : Results.Ok(outcome.Value);

    public static IResult Of(Outcome<Done> outcome) => outcome.IsRefused ? Problems.Problem(outcome.Refusal) : Results.NoContent();

    /// <summary>On hubs a stale view is a result; here it is the refusal that it means.</summary>
    public static IResult Of(Outcome<SendResult> outcome) =>
        outcome is { IsRefused: false, Value.Missing: { } missing } ? Problems.StaleView(missing) : Of<SendResult>(outcome);
}
