using System.Diagnostics;
using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Messages;

/// <summary>
/// Something to be stored, and the caller who waits for it. Either a message or note, which batches, or a change, which runs alone. A message that
/// needs the rules becomes a change.
/// </summary>
internal sealed class LaneItem
{
    // The continuation must not run on the lane: it would hold up the next batch.
    private readonly TaskCompletionSource<Outcome<Stored>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Of a lane, from its taking to the answer.
    private Activity? _append;

    private LaneItem(MessageAppend? message, ConversationChange? change, ClientConnection? except, long at)
    {
        Message = message;
        Change = change;
        Except = except;
        At = at;
        Trace = Traces.Current;
    }

    public MessageAppend? Message { get; }

    public ConversationChange? Change { get; private set; }

    /// <summary>The socket that gets the event as its acknowledgement.</summary>
    public ClientConnection? Except { get; }

    /// <summary>Time stamp of its arrival.</summary>
    public long At { get; }

    /// <summary>What to go on with: the caller's span, later that of the append. Null while traces are off.</summary>
    public Activity? Trace { get; private set; }

    public Task<Outcome<Stored>> Done => _done.Task;

    /// <summary>Whether it waits for the batch, as opposed to running alone.</summary>
    public bool Batches => Change is null;

    public (ConversationId, Guid) Key =>
        Change is { } change ? (change.ConversationId, change.ClientId) : (Message!.ConversationId, Message.ClientId);

    /// <summary>Roughly what it takes in the call.</summary>
    public int Bytes => 128 + Message!.Body.Length * 2;

    public static LaneItem Of(MessageAppend message, ClientConnection? except, long at) => new(message, null, except, at);

    public static LaneItem Of(ConversationChange change, ClientConnection? except, long at) => new(null, change, except, at);

    /// <summary>Neighbours in <see cref="Deadlines"/>, which alone touches them.</summary>
    public LaneItem? Before { get; set; }

    public LaneItem? After { get; set; }

    /// <summary>Set when a lane takes it.</summary>
    public Deadlines? Deadlines { get; set; }

    /// <summary>By its lane, once.</summary>
    public void Begin()
    {
        if (Trace is { } caller)
            Trace = (_append = Traces.StartAside("append", caller)) ?? caller;
    }

    public void BecomeChange(ConversationChange change) => Change = change;

    public void Complete(Stored stored) => Answer(stored);

    public void Refuse(ErrorCode code, FieldError? field = null)
    {
        if (field is null)
            Answer(code);
        else
            Answer(Refusal.Of(field.Field, FieldFault.Find(field.Reason)!));
    }

    // The first answer counts: the caller may have been told meanwhile that he waited for too long.
    private void Answer(Outcome<Stored> outcome)
    {
        if (outcome.IsRefused)
            _append?.SetStatus(ActivityStatusCode.Error, outcome.Refusal.Code);
        _append?.Stop();
        _done.TrySetResult(outcome);
        Deadlines?.Remove(this);
    }
}

/// <summary>What the log says of an item.</summary>
/// <param name="InboxId">The conversation's inbox.</param>
/// <param name="Duplicate">Stored before; <paramref name="Seq"/> names the event.</param>
/// <param name="Seq">Of the answer; 0 when there was nothing to change.</param>
/// <param name="Event">The answer, where it is at hand.</param>
/// <param name="Missing">Not stored: what the caller had not seen.</param>
internal sealed record Stored(InboxId InboxId, bool Duplicate, int Seq, ChatEvent? Event, IReadOnlyList<ChatEvent>? Missing = null)
{
    /// <summary>The answer as it was pushed, where that is at hand.</summary>
    public EncodedEvent? Encoded { get; init; }
}
