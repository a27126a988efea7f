using Chat.Contracts;
using Chat.Server.Conversations.Changes;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Networks;
using Chat.Server.Presence;

namespace Chat.Server.Conversations;

/// <summary>Changes of conversations that are not texts, for hubs and REST alike.</summary>
internal sealed class ConversationService(
    Access access,
    AppendLanes lanes,
    Answers answers,
    ConversationOpener opener,
    PresenceTracker presence,
    VisitorStores stores,
    IInboxDirectory directory
)
{
    public Task<Outcome<OpenResult>> OpenAsync(Call call, OpenConversation request) => opener.OpenAsync(call, request);

    public async Task<Outcome<SendResult>> RateAsync(Call call, RateConversation request)
    {
        var comment = TextRules.Comment(request.Comment);
        var score = request.Score is < 1 or > 5 ? Refusal.Of("score", FieldFault.OutOfRange) : null;
        if ((comment.At("comment") ?? score) is { } refusal)
            return refusal;
        var change = RateChange.Of(request.ConversationId, request.ClientId, directory.ActorOf(call.Caller), request.Score, comment.Value);
        return await ChangeAsync(call, change, comment.Value);
    }

    public Task<Outcome<SendResult>> CloseAsync(Call call, ConversationCommand request) =>
        ChangeAsync(call, CloseChange.Of(request.ConversationId, request.ClientId, directory.ActorOf(call.Caller)));

    public async Task<Outcome<SendResult>> ClaimAsync(Call call, ConversationCommand request)
    {
        if (directory.FindOperator(call.Caller.OperatorId) is not { } self)
            return ErrorCode.Forbidden;
        var change = ClaimChange.Of(request.ConversationId, request.ClientId, directory.ActorOf(call.Caller), self.Face);
        return await ChangeAsync(call, change);
    }

    public Task<Outcome<SendResult>> AssignAsync(Call call, AssignConversation request) => AssignAsync(call, request, text: null);

    public async Task<Outcome<SendResult>> TransferAsync(Call call, TransferConversation request)
    {
        var text = TextRules.TransferText(request.Text);
        if (text.At("text") is { } refusal)
            return refusal;
        if (request.OperatorId is null && request.TeamId is null)
            return Refusal.Of("operatorId", FieldFault.Required);
        var assignment = new AssignConversation(
            request.ConversationId,
            request.ClientId,
            request.OperatorId,
            request.TeamId,
            request.ExpectedSeq
        );
        return await AssignAsync(call, assignment, text.Value);
    }

    public async Task<Outcome<SendResult>> SetStatusAsync(Call call, SetStatus request)
    {
        var snooze = request.Status == ConversationStatus.Snoozed;
        if (snooze != request.SnoozeUntil is not null)
            return Refusal.Of("snoozeUntil", snooze ? FieldFault.Required : FieldFault.NotAllowed);
        var change = SetStatusChange.Of(
            request.ConversationId,
            request.ClientId,
            directory.ActorOf(call.Caller),
            request.Status,
            request.SnoozeUntil,
            request.ExpectedSeq,
            MayTakeFromAnyone(call.Caller)
        );
        return await ChangeAsync(call, change);
    }

    public async Task<Outcome<SendResult>> TagAsync(Call call, TagConversation request)
    {
        var add = Tags("add", request.Add);
        var remove = Tags("remove", request.Remove);
        if (add.IsRefused || remove.IsRefused)
            return add.IsRefused ? add.As<SendResult>() : remove.As<SendResult>();
        var change = TagChange.Of(request.ConversationId, request.ClientId, directory.ActorOf(call.Caller), add.Value, remove.Value);
        return await ChangeAsync(call, change);
    }

    private async Task<Outcome<SendResult>> AssignAsync(Call call, AssignConversation request, string? text)
    {
        var target = await TargetAsync(call, request.ConversationId, request.OperatorId, request.TeamId);
        if (target.IsRefused)
            return target.As<SendResult>();
        var change = AssignChange.Of(
            request.ConversationId,
            request.ClientId,
            directory.ActorOf(call.Caller),
            target.Value.Operator,
            target.Value.Team,
            request.ExpectedSeq,
            MayTakeFromAnyone(call.Caller),
            text
        ) with
        {
            IsOfInbox = target.Value.IsOfInbox,
        };
        return await ChangeAsync(call, change);
    }

    private async Task<Outcome<SendResult>> ChangeAsync(Call call, ConversationChange change, string? text = null)
    {
        if (change.ClientId == Guid.Empty)
            return Refusal.Of("clientId", FieldFault.Required);
        if (change.ExpectedSeq is < 0)
            return Refusal.Of("expectedSeq", FieldFault.OutOfRange);
        var owner = await access.FindAsync(call, change.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        var taken = stores.Take(call.Caller, text);
        if (taken.IsRefused)
            return taken.As<SendResult>();
        var storing = answers.OfAsync(call, change.ConversationId, lanes.ChangeAsync(change, call.Connection));
        var answer = await stores.SettleAsync(taken.Value, storing);
        if (answer is { IsRefused: false, Value: { Status: ResultStatus.Ok, Event.Data.Assignee: { } assignee } })
            presence.Assigned(change.ConversationId, assignee);
        return answer;
    }

    private static bool MayTakeFromAnyone(Caller caller) => caller.Role >= OperatorRole.Supervisor;

    /// <summary>Whom the conversation is to be given to: a member of its inbox, a team of its inbox, or nobody. Others are refused under the lock.</summary>
    private async Task<Outcome<Target>> TargetAsync(Call call, ConversationId id, OperatorId? operatorId, TeamId? teamId)
    {
        if (operatorId is not null && teamId is not null)
            return Refusal.Of("teamId", FieldFault.NotAllowed);
        var owner = await access.FindAsync(call, id);
        if (owner.IsRefused)
            return owner.Refusal;
        if (operatorId is { } toOperator)
        {
            var face = directory.FindOperator(toOperator)?.Face ?? new OperatorFace(toOperator, "");
            return new Target(face, null, directory.InboxesOf(toOperator).Contains(owner.Value.InboxId));
        }
        if (teamId is { } toTeam)
        {
            var team = directory.FindTeam(toTeam);
            return new Target(null, team?.Face ?? new TeamFace(toTeam, ""), team?.Inboxes.Contains(owner.Value.InboxId) ?? false);
        }
        return new Target(null, null, IsOfInbox: true);
    }

    private static Outcome<string[]> Tags(string field, IReadOnlyList<string>? tags)
    {
        if (tags is null)
            return Array.Empty<string>();
        if (tags.Count > Limits.Tags)
            return Refusal.Of(field, FieldFault.OutOfRange);
        var result = new string[tags.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var tag = TextRules.Tag(tags[i]);
            if (tag.Fault is { } fault)
                return Refusal.Of($"{field}[{i}]", fault);
            result[i] = tag.Value;
        }
        return result.Distinct(StringComparer.Ordinal).ToArray();
    }

    private sealed record Target(OperatorFace? Operator, TeamFace? Team, bool IsOfInbox);
}
