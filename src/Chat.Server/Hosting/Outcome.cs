using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;

namespace Chat.Server;

/// <summary>A value, or the refusal that stands in its place. Refusals are expected; exceptions are bugs and broken infrastructure.</summary>
/// <typeparam name="T">The value.</typeparam>
internal readonly struct Outcome<T>
    where T : notnull
{
    private Outcome(T? value, ErrorCode? refusal, Refusal? terms = null)
    {
        Value = value;
        Refusal = refusal;
        Terms = terms;
    }

    public T? Value { get; }

    public ErrorCode? Refusal { get; }

    /// <summary>What REST says of the refusal besides its code; null: nothing.</summary>
    public Refusal? Terms { get; }

    [MemberNotNullWhen(false, nameof(Value))]
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ErrorCode refusal) => new(default, refusal);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal.Code, refusal);

    /// <summary>The same refusal of something else.</summary>
    public Outcome<TOther> As<TOther>()
        where TOther : notnull => Terms is not null ? Terms : Refusal!;

    /// <summary>The value; at the edges, where a refusal leaves as an exception.</summary>
    public T OrThrow() => IsRefused ? throw new RefusedException(Refusal, Terms?.Field) : Value;
}

/// <summary>A refusal that says more than its code.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">Which of the reasons for this code it is: a word, or with a field a sentence.</param>
/// <param name="RetryAfter">When the same call may succeed.</param>
/// <param name="Field">What of the request is refused.</param>
internal sealed record Refusal(ErrorCode Code, string? Detail = null, TimeSpan? RetryAfter = null, FieldError? Field = null)
{
    /// <summary>A field of the request, and why it is refused. The code is the reason's.</summary>
    /// <param name="field">Its path in the body, or the name of a parameter.</param>
    /// <param name="why">The reason.</param>
    /// <param name="detail">A sentence that says more than the reason does; null: the reason's own.</param>
    public static Refusal Of(string field, FieldFault why, string? detail = null) =>
        new(why.Refusal, detail ?? $"{field}: {why.Meaning}", Field: new FieldError(field, why.Code));
}

/// <summary>Nothing but success.</summary>
internal readonly record struct Done;

/// <summary>A refusal on its way out of a hub method; the hub filter translates it.</summary>
internal sealed class RefusedException(ErrorCode code, FieldError? field = null) : Exception(code.Code)
{
    public ErrorCode Code { get; } = code;

    public FieldError? Field { get; } = field;
}
