using System.Buffers;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hubs;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Wire;

public sealed class AcknowledgementTests
{
    private readonly JsonHubProtocol _json = new(
        Options.Create(new JsonHubProtocolOptions { PayloadSerializerOptions = new(ChatJson.Wire.Options) })
    );

    [Theory]
    [InlineData("send-ok", "1")]
    [InlineData("send-duplicate", "1")]
    [InlineData("send-ok", "\"1\\")]
    public void An_acknowledgement_of_encoded_bytes_says_what_SignalR_would_say(string file, string invocationId)
    {
        var result = (SendResult)Frame.All.Single(frame => frame.File == file).Read()!;
        var json = EncodedEvent.Of(new InboxId(Guid.NewGuid()), result.Event!).StaffJson;

        var ours = Write(new ChatHubProtocol(_json), result with { EncodedEvent = json }, invocationId);

        Assert.Equal(Write(_json, result, invocationId), ours);
    }

    private static string Write(IHubProtocol protocol, SendResult result, string invocationId)
    {
        var output = new ArrayBufferWriter<byte>();
        protocol.WriteMessage(CompletionMessage.WithResult(invocationId, result), output);
        Assert.Equal(0x1e, output.WrittenSpan[^1]);
        return JsonSerializer.Serialize(JsonDocument.Parse(output.WrittenMemory[..^1]));
    }
}
