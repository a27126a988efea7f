using Chat.Contracts;
using Chat.Server.Hosting;

namespace Chat.Server.Api;

/// <summary>What services answer, as HTTP.</summary>
internal static class ApiResult
{
    public static IResult Of<T>(Outcome<T> outcome)
        where T : notnull => outcome.IsRefused ? Problem(outcome) : Ok(outcome.Value);

    public static IResult Ok<T>(T value)
        where T : notnull => new Answer<T>(value, StatusCodes.Status200OK);

    /// <summary>What callers poll: <c>ETag</c>, and 304 for whoever names it.</summary>
    public static IResult Polled<T>(T value)
        where T : notnull => new Answer<T>(value, StatusCodes.Status200OK) { IsTagged = true };

    /// <summary>What has a password or the like.</summary>
    public static IResult Secret<T>(T value)
        where T : notnull => new Answer<T>(value, StatusCodes.Status200OK) { IsSecret = true };

    /// <param name="path">Where it is from now on, below <c>/api/v1/</c>; null: nowhere.</param>
    /// <param name="value">What was made.</param>
    /// <param name="isSecret">It has a password or the like.</param>
    public static IResult Created<T>(string? path, T value, bool isSecret = false)
        where T : notnull =>
        new Answer<T>(value, StatusCodes.Status201Created)
        {
            IsSecret = isSecret,
            Location = path is null ? null : $"{ApiFeature.Path}/v1/{path}",
        };

    public static IResult Of(Outcome<Done> outcome) => outcome.IsRefused ? Problem(outcome) : Results.NoContent();

    /// <summary>On hubs a stale view is a result; here it is the refusal that it means.</summary>
    public static IResult Of(Outcome<SendResult> outcome) =>
        outcome is { IsRefused: false, Value.Missing: { } missing } ? Problems.StaleView(missing) : Of<SendResult>(outcome);

    private static IResult Problem<T>(Outcome<T> outcome)
        where T : notnull => Problems.Problem(outcome.Terms ?? new Refusal(outcome.Refusal!));
}
