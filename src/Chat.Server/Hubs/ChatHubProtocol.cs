using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Hubs;

/// <summary>
/// SignalR's JSON, with one difference: errors are codes of the registries and nothing else. SignalR puts a sentence around a HubException's message,
/// and answers unknown methods and arguments that do not bind by itself, past every filter; here is the one place where all of that passes.
/// </summary>
internal sealed class ChatHubProtocol(JsonHubProtocol json) : IHubProtocol
{
    private const string HubExceptionMark = "HubException: ";

    public string Name => json.Name;

    public int Version => json.Version;

    public TransferFormat TransferFormat => json.TransferFormat;

    public bool IsVersionSupported(int version) => json.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        var length = input.Length;
        long rest;
        do
        {
            rest = input.Length;
            if (json.TryParseMessage(ref input, binder, out message))
                return true;
            // A whole frame of a type that SignalR does not know: gone past, or it would stand in the way of all that follow.
        } while (input.Length < rest);
        // SignalR shows a parser at most this much, and would then close without saying why: only a HubException's message reaches the client.
        if (length >= Limits.FrameBytes)
            throw new HubException(DisconnectReason.TooLarge.Code);
        return false;
    }

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
    {
        if (message is CompletionMessage { Result: SendResult { EncodedEvent.IsEmpty: false } result } completion)
            Acknowledgement.Write(completion.InvocationId!, result, output);
        else
            json.WriteMessage(Coded(message), output);
    }

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => json.GetMessageBytes(Coded(message));

    private static HubMessage Coded(HubMessage message) =>
        message switch
        {
            CompletionMessage { Error: { } error } completion => CompletionMessage.WithError(completion.InvocationId!, Code(error).Code),
            CloseMessage { Error: { } error } close => new CloseMessage(Reason(error).Code, close.AllowReconnect),
            _ => message,
        };

    private static ErrorCode Code(string error)
    {
        if (ErrorCode.Find(Message(error)) is { } code)
            return code;
        // What is left are SignalR's own: an unknown method, arguments that do not bind, a stream where none is, and authorisation.
        return error.Contains("unauthorized", StringComparison.Ordinal) ? ErrorCode.Forbidden : ErrorCode.Invalid;
    }

    private static DisconnectReason Reason(string error) =>
        Message(error) == DisconnectReason.TooLarge.Code ? DisconnectReason.TooLarge : DisconnectReason.Invalid;

    private static string Message(string error)
    {
        var mark = error.LastIndexOf(HubExceptionMark, StringComparison.Ordinal);
        return mark < 0 ? error : error[(mark + HubExceptionMark.Length)..];
    }
}
