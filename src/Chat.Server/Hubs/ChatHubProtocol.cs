using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Chat.Contracts;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat.Server.Hubs;

/// <summary>
/// SignalR's JSON, with one difference: errors are codes of the registries. SignalR puts a sentence around a HubException's message,
/// and answers unknown methods and arguments that do not bind by itself, past every filter; here is the one place where all of that passes. What a code says of
/// a field is <see cref="HubRefusal"/>.
/// </summary>
internal sealed class ChatHubProtocol(JsonHubProtocol json) : IHubProtocol
{
    public string Name => json.Name;

    public int Version => json.Version;

    public TransferFormat TransferFormat => json.TransferFormat;

    public bool IsVersionSupported(int version) => json.IsVersionSupported(version);

    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        long rest;
        do
        {
            rest = input.Length;
            if (json.TryParseMessage(ref input, binder, out message))
            {
                if (message is InvocationBindingFailureMessage failure)
                    message = Explained(failure);
                return true;
            }
            // A whole frame of a type that SignalR does not know: gone past, or it would stand in the way of all that follow.
        } while (input.Length < rest);
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

    /// <summary>SignalR keeps what did not bind to itself, unless it is an exception of this type.</summary>
    private static InvocationBindingFailureMessage Explained(InvocationBindingFailureMessage failure) =>
        new(
            failure.InvocationId,
            failure.Target,
            ExceptionDispatchInfo.Capture(new HubException(HubRefusal.OfBinding(failure.BindingFailure.SourceException)))
        );

    private static HubMessage Coded(HubMessage message) =>
        message switch
        {
            CompletionMessage { Error: { } error } completion => CompletionMessage.WithError(
                completion.InvocationId!,
                HubRefusal.OfError(error)
            ),
            CloseMessage { Error: { } error } close => new CloseMessage(Reason(error).Code, close.AllowReconnect),
            _ => message,
        };

    private static DisconnectReason Reason(string error)
    {
        var code = HubRefusal.WithoutMark(error);
        return DisconnectReason.All.FirstOrDefault(reason => reason.Code == code) ?? DisconnectReason.Invalid;
    }
}
