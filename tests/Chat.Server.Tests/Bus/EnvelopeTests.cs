using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Observability;
using CsCheck;

namespace Chat.Server.Tests.Bus;

public sealed class EnvelopeTests
{
    private static readonly Gen<ReadOnlyMemory<byte>> Payload = Gen.Byte.Array[0, 300].Select(bytes => (ReadOnlyMemory<byte>)bytes);

    private static readonly Gen<EnvelopeItem> Event =
        from ids in Gen.Select(Gen.Guid, Gen.Guid)
        from position in Gen.Select(Gen.Int, Gen.Int, Gen.Byte)
        from staff in Payload
        from variant in OneOf(VisitorVariant.Same, VisitorVariant.Skip, VisitorVariant.Own)
        from visitor in Payload
        select EnvelopeItem.Event(
            new InboxId(ids.Item1),
            new ConversationId(ids.Item2),
            position.Item1,
            position.Item2,
            position.Item3,
            staff,
            variant,
            visitor
        );

    private static readonly Gen<EnvelopeItem> Push =
        from conversation in Gen.Guid
        from target in OneOf(PushTarget.Cursor, PushTarget.Ephemeral)
        from staff in Payload
        from visitor in Payload
        select EnvelopeItem.Push(new ConversationId(conversation), target, staff, visitor);

    private static readonly Gen<EnvelopeItem> Ended = Gen.Select(Gen.Guid, Gen.Guid, Gen.Byte, EnvelopeItem.Ended);

    private static readonly Gen<EnvelopeItem> Operator = Gen.Select(Gen.Guid, Payload, EnvelopeItem.Operator);

    private static readonly Gen<EnvelopeItem> Gained = Gen.Select(
        Gen.Guid,
        Gen.Guid,
        (visitor, conversation) => EnvelopeItem.Gained(visitor, new ConversationId(conversation))
    );

    private static readonly Gen<EnvelopeItem> Presence = Gen.Select(
        Gen.Guid,
        Gen.Guid,
        Gen.Byte,
        Payload,
        (inbox, conversation, flags, staff) => EnvelopeItem.Presence(new InboxId(inbox), new ConversationId(conversation), flags, staff)
    );

    private static readonly Gen<EnvelopeItem> Trace = Gen.Byte.Array[Envelope.TraceLength].Select(bytes => EnvelopeItem.Trace(bytes));

    private static readonly Gen<EnvelopeItem> Taken = Gen.Long[0, 4_102_444_800_000_000]
        .Select(microseconds => EnvelopeItem.Taken(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)));

    private static readonly Gen<EnvelopeItem[]> Items = Gen.OneOf(
        Event,
        Push,
        Gen.Const(EnvelopeItem.Directory),
        Gen.Const(EnvelopeItem.Missed),
        Ended,
        Operator,
        Presence,
        Trace,
        Taken,
        Gained
    ).Array[0, 20];

    [Fact]
    public void Any_list_of_items_comes_back_as_it_was_written() =>
        Items.Sample(items =>
        {
            var read = Read(Write(items), out var malformed);

            Assert.False(malformed);
            Assert.Equal(items.Select(Describe), read.Select(Describe));
        });

    [Fact]
    public void A_truncated_envelope_gives_the_items_before_the_cut_and_never_throws() =>
        Gen.Select(Items, Gen.Double.Unit)
            .Sample(
                (items, where) =>
                {
                    var envelope = Write(items);
                    var read = Read(envelope[..(int)(envelope.Length * where)], out _);

                    Assert.Equal(items.Take(read.Count).Select(Describe), read.Select(Describe));
                }
            );

    [Fact]
    public void Every_cut_inside_an_item_is_noticed()
    {
        var envelope = Write([EnvelopeItem.Ended(Guid.NewGuid(), Guid.NewGuid(), 1)]);

        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.Empty(Read(envelope[..length], out var malformed));
            // An envelope of the version byte alone says nothing, and that rightly.
            Assert.Equal(length != 1, malformed);
        }
    }

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 400].Sample(bytes => Read(bytes, out _));

    [Fact]
    public void Random_bytes_in_place_of_some_of_an_envelope_never_throw() =>
        Gen.Select(Items, Gen.Byte.Array[1, 8], Gen.Double.Unit)
            .Sample(
                (items, noise, where) =>
                {
                    var envelope = Write(items).ToArray();
                    var at = (int)((envelope.Length - 1) * where);
                    noise.AsSpan(0, Math.Min(noise.Length, envelope.Length - at)).CopyTo(envelope.AsSpan(at));

                    Read(envelope, out _);
                }
            );

    [Fact]
    public void Items_of_an_unknown_kind_are_skipped_and_those_behind_them_are_read()
    {
        var known = Write([EnvelopeItem.Directory]).ToArray();
        byte[] envelope = [Envelope.Version, 200, 3, 0, 0, 0, 1, 2, 3, .. known[1..]];

        var read = Read(envelope, out var malformed);

        Assert.False(malformed);
        Assert.Equal(EnvelopeItemKind.Directory, Assert.Single(read).Kind);
    }

    /// <summary>The layout is between versions: a node that does not know traces skips the item by its length and reads the event.</summary>
    [Fact]
    public void A_trace_is_an_item_of_its_own_before_the_event_that_belongs_to_it()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        const string span = "b7ad6b7169203331";
        var context = new ActivityContext(
            ActivityTraceId.CreateFromString(trace),
            ActivitySpanId.CreateFromString(span),
            ActivityTraceFlags.Recorded
        );

        var envelope = Write([EnvelopeItem.Trace(Traces.Write(context)), EnvelopeItem.Directory]);

        Assert.Equal($"01 0A19000000 {trace}{span}01 0400000000".Replace(" ", "").ToUpperInvariant(), Convert.ToHexString(envelope.Span));
        var read = Traces.Read(Read(envelope, out _)[0].Staff.Span);
        Assert.True(read.IsRemote);
        Assert.Equal((context.TraceId, context.SpanId, context.TraceFlags), (read.TraceId, read.SpanId, read.TraceFlags));
    }

    [Fact]
    public void A_malformed_envelope_is_counted()
    {
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == ChatMeter.Meter && instrument.Name == "chat.bus.dropped")
                self.EnableMeasurementEvents(instrument);
        };
        // Other tests count at the same time, but not on this thread.
        var thread = Environment.CurrentManagedThreadId;
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
            {
                if (Environment.CurrentManagedThreadId == thread && tags[0].Value is "malformed")
                    counted += value;
            }
        );
        listener.Start();

        Read(new byte[] { Envelope.Version + 1, 1, 2 }, out var malformed);

        Assert.True(malformed);
        Assert.Equal(1, counted);
    }

    [Fact]
    public void A_writer_starts_afresh_after_a_reset()
    {
        var writer = new EnvelopeWriter();
        writer.Write(EnvelopeItem.Push(default, PushTarget.Cursor, new byte[500_000], default));
        writer.Reset();
        writer.Write(EnvelopeItem.Directory);

        Assert.Equal(1, writer.Count);
        Assert.Equal(EnvelopeItemKind.Directory, Assert.Single(Read(writer.Written, out _)).Kind);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static ReadOnlyMemory<byte> Write(EnvelopeItem[] items)
    {
        var writer = new EnvelopeWriter();
        foreach (var item in items)
            writer.Write(item);
        return writer.Written;
    }

    private static List<EnvelopeItem> Read(ReadOnlyMemory<byte> envelope, out bool malformed)
    {
        var items = new List<EnvelopeItem>();
        var reader = new EnvelopeReader(envelope);
        while (reader.TryRead(out var item))
            items.Add(item);
        malformed = reader.IsMalformed;
        return items;
    }

    private static string Describe(EnvelopeItem item) =>
        new StringBuilder()
            .AppendJoin(' ', item.Kind, item.InboxId, item.ConversationId, item.Epoch, item.Seq, item.Flags, item.Variant, item.Target)
            .Append(' ')
            .AppendJoin(' ', item.SubjectId, item.At.Ticks)
            .Append(' ')
            .AppendJoin(' ', Convert.ToHexString(item.Staff.Span), Convert.ToHexString(item.Visitor.Span))
            .ToString();
}
