using System.Buffers;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Hubs;

/// <summary>The completion of a Send whose event is encoded already: its bytes are copied, where SignalR's way would encode it a second time.</summary>
internal static class Acknowledgement
{
    private const byte RecordSeparator = 0x1e;
    private const int CompletionType = 3;

    private static readonly JsonEncodedText Ok = JsonEncodedText.Encode("ok");
    private static readonly JsonEncodedText Duplicate = JsonEncodedText.Encode("duplicate");

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static void Write(string invocationId, SendResult result, IBufferWriter<byte> output)
    {
        var writer = _writer ??= new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.Reset(output);
        writer.WriteStartObject();
        writer.WriteNumber("type"u8, CompletionType);
        writer.WriteString("invocationId"u8, invocationId);
        writer.WriteStartObject("result"u8);
        writer.WriteString("status"u8, result.Status == ResultStatus.Ok ? Ok : Duplicate);
        writer.WritePropertyName("event"u8);
        writer.WriteRawValue(result.EncodedEvent.Span, skipInputValidation: true);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        output.GetSpan(1)[0] = RecordSeparator;
        output.Advance(1);
    }
}
