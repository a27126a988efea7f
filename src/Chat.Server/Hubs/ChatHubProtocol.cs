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

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
        json.TryParseMessage(ref input, binder, out message);

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
        var mark = error.LastIndexOf(HubExceptionMark, StringComparison.Ordinal);
        if (ErrorCode.Find(mark < 0 ? error : error[(mark + HubExceptionMark.Length)..]) is { } code)
            return code;
        // What is left are SignalR's own: an unknown method, arguments that do not bind, a stream where none is, and authorisation.
        return error.Contains("unauthorized", StringComparison.Ordinal) ? ErrorCode.Forbidden : ErrorCode.Invalid;
    }

    private static DisconnectReason Reason(string error) =>
        error.Contains("maximum message size", StringComparison.OrdinalIgnoreCase) ? DisconnectReason.TooLarge : DisconnectReason.Invalid;
}
