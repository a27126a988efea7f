using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;

namespace Chat.Server;

/// <summary>A value, or the refusal that stands in its place. Refusals are expected; exceptions are bugs and broken infrastructure.</summary>
/// <typeparam name="T">The value.</typeparam>
internal readonly struct Outcome<T>
    where T : notnull
{
    private Outcome(T? value, ErrorCode? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    public T? Value { get; }

    public ErrorCode? Refusal { get; }

    [MemberNotNullWhen(false, nameof(Value))]
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ErrorCode refusal) => new(default, refusal);

    /// <summary>The value; at the edges, where a refusal leaves as an exception.</summary>
    public T OrThrow() => IsRefused ? throw new RefusedException(Refusal) : Value;
}

/// <summary>Nothing but success.</summary>
internal readonly record struct Done;

/// <summary>A refusal on its way out of a hub method; the hub filter translates it.</summary>
internal sealed class RefusedException(ErrorCode code) : Exception(code.Code)
{
    public ErrorCode Code { get; } = code;
}
