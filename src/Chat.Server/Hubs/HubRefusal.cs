using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>
/// The text of a refusal on hubs: a code, and before it the field and the reason where a field is refused, as <c>body blank: invalid</c>. It ends in its code in
/// any case.
/// </summary>
internal static class HubRefusal
{
    /// <summary>The record that a method takes, as a whole.</summary>
    public const string Body = "body";

    private const string Method = "method";
    private const string Mark = "HubException: ";
    private const string BeforeCode = ": ";

    public static string Text(ErrorCode code, FieldError? field) =>
        field is null ? code.Code : $"{field.Field} {field.Reason}{BeforeCode}{code.Code}";

    /// <summary>Why a call did not bind. SignalR's binder throws its own exception for one thing alone, a method that the hub has not.</summary>
    public static string OfBinding(Exception failure) =>
        failure is HubException
            ? Text(ErrorCode.Invalid, new FieldError(Method, FieldFault.Unknown.Code))
            : Text(ErrorCode.Invalid, JsonFaults.Find(failure) ?? new FieldError(Body, FieldFault.Malformed.Code));

    /// <summary>What SignalR says of a failed call, without its own words.</summary>
    public static string OfError(string error)
    {
        var text = WithoutMark(error);
        if (ErrorCode.Find(text[(text.LastIndexOf(' ') + 1)..]) is not null)
            return text;
        // What is left are SignalR's own: a stream where none is, and authorisation.
        return (error.Contains("unauthorized", StringComparison.Ordinal) ? ErrorCode.Forbidden : ErrorCode.Invalid).Code;
    }

    /// <summary>The last word of what SignalR puts around an exception's text.</summary>
    public static string WithoutMark(string error)
    {
        var mark = error.LastIndexOf(Mark, StringComparison.Ordinal);
        return mark < 0 ? error : error[(mark + Mark.Length)..];
    }
}
