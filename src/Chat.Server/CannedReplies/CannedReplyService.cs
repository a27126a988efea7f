using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Messages.Masking;

namespace Chat.Server.CannedReplies;

/// <summary>Who may have, see and change which canned reply. To everybody else there is no such reply.</summary>
internal sealed partial class CannedReplyService(CannedReplyStore replies, IInboxDirectory directory, TimeProvider time)
{
    public async Task<CannedReplyList> ListAsync(Caller caller, CancellationToken cancellation)
    {
        var stored = await replies.ListAsync(caller.OperatorId, directory.InboxesOf(caller.OperatorId), cancellation);
        return new CannedReplyList([.. stored.Select(reply => reply.ToReply())]);
    }

    public async Task<Outcome<CannedReply>> AddAsync(Caller caller, CannedReplyDraft draft)
    {
        var reply = Check(caller, draft, new StoredReply { Id = new CannedReplyId(Guid.CreateVersion7(time.GetUtcNow())) });
        if (reply.IsRefused)
            return reply.As<CannedReply>();
        return Answer(await replies.AddAsync(reply.Value, CancellationToken.None), reply.Value);
    }

    public async Task<Outcome<CannedReply>> ReplaceAsync(Caller caller, CannedReplyId id, CannedReplyDraft draft)
    {
        var known = await FindAsync(caller, id);
        if (known.IsRefused)
            return known.Refusal;
        if (draft.Shared != known.Value.IsShared)
            return Refusal.Of("shared", FieldFault.NotAllowed, "Whether a reply is shared does not change.");
        var reply = Check(caller, draft, known.Value);
        if (reply.IsRefused)
            return reply.As<CannedReply>();
        return Answer(await replies.ReplaceAsync(reply.Value, CancellationToken.None), reply.Value);
    }

    public async Task<Outcome<Done>> RemoveAsync(Caller caller, CannedReplyId id)
    {
        var known = await FindAsync(caller, id);
        if (known.IsRefused)
            return known.Refusal;
        await replies.RemoveAsync(id, CancellationToken.None);
        return default(Done);
    }

    /// <summary>One that the caller may change.</summary>
    private async Task<Outcome<StoredReply>> FindAsync(Caller caller, CannedReplyId id)
    {
        if (await replies.FindAsync(id, CancellationToken.None) is not { } reply)
            return ErrorCode.NotFound;
        var isHis = reply.IsShared ? IsMember(caller, reply.InboxId!.Value) : reply.OperatorId == caller.OperatorId;
        if (!isHis)
            return ErrorCode.NotFound;
        return reply.IsShared && !MayShare(caller) ? ErrorCode.Forbidden : reply;
    }

    private Outcome<StoredReply> Check(Caller caller, CannedReplyDraft draft, StoredReply reply)
    {
        var (title, body) = (TextRules.Name(draft.Title), TextRules.Body(draft.Body));
        if ((title.At("title") ?? body.At("body")) is { } refusal)
            return refusal;
        if (title.Value is null)
            return Refusal.Of("title", FieldFault.Blank);
        if (!Shortcut().IsMatch(draft.Shortcut))
            return Refusal.Of("shortcut", FieldFault.Malformed);
        if (CardMask.FindsIn(draft.Shortcut))
            return Refusal.Of("shortcut", FieldFault.Card);
        if (draft.Shared && draft.InboxId is null)
            return Refusal.Of("inboxId", FieldFault.Required);
        if (draft.InboxId is { } inbox && !IsMember(caller, inbox))
            return ErrorCode.NotFound;
        if (draft.Shared && !MayShare(caller))
            return ErrorCode.Forbidden;
        return reply with
        {
            OperatorId = draft.Shared ? null : caller.OperatorId,
            InboxId = draft.InboxId,
            Shortcut = Composition.Compose(draft.Shortcut),
            Title = title.Value,
            Body = body.Value,
        };
    }

    private static Outcome<CannedReply> Answer(ReplyStored stored, StoredReply reply) =>
        stored switch
        {
            ReplyStored.Taken => ErrorCode.Conflict,
            ReplyStored.Full => Refusal.Of("shortcut", FieldFault.OutOfRange, $"There are {Limits.CannedReplies} replies already."),
            _ => reply.ToReply(),
        };

    private bool IsMember(Caller caller, InboxId inbox) => directory.InboxesOf(caller.OperatorId).Contains(inbox);

    private static bool MayShare(Caller caller) => caller.Role >= OperatorRole.Supervisor;

    [GeneratedRegex(@"^[\p{L}\p{M}\p{Nd}_-]{1,32}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shortcut();
}
