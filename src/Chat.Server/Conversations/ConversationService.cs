using Chat.Contracts;
using Chat.Server.Conversations.Changes;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Conversations;

/// <summary>Changes of conversations that are not texts, for hubs and REST alike.</summary>
internal sealed class ConversationService(
    Access access,
    AppendLanes lanes,
    Answers answers,
    ConversationOpener opener,
    IInboxDirectory directory,
    TimeProvider time
)
{
    public Task<Outcome<OpenResult>> OpenAsync(
        Caller caller,
        OpenConversation request,
        ClientConnection? connection,
        CancellationToken cancellation
    ) => opener.OpenAsync(caller, request, connection, cancellation);

    public async Task<Outcome<SendResult>> RateAsync(
        Caller caller,
        RateConversation request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var comment = TextRules.Comment(request.Comment);
        if ((comment.Error ?? (request.Score is < 1 or > 5 ? ErrorCode.Invalid : null)) is { } error)
            return error;
        var change = RateChange.Of(request.ConversationId, request.ClientId, caller.Actor, request.Score, comment.Value);
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    public Task<Outcome<SendResult>> CloseAsync(
        Caller caller,
        ConversationCommand request,
        ClientConnection? connection,
        CancellationToken cancellation
    ) => ChangeAsync(caller, CloseChange.Of(request.ConversationId, request.ClientId, caller.Actor), connection, cancellation);

    public async Task<Outcome<SendResult>> ClaimAsync(
        Caller caller,
        ConversationCommand request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        if (directory.FindOperator(caller.OperatorId) is not { } self)
            return ErrorCode.Forbidden;
        var change = ClaimChange.Of(request.ConversationId, request.ClientId, caller.Actor, self.Face);
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    public async Task<Outcome<SendResult>> AssignAsync(
        Caller caller,
        AssignConversation request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var target = await TargetAsync(caller, request.ConversationId, request.OperatorId, request.TeamId, connection, cancellation);
        if (target.IsRefused)
            return target.Refusal;
        var change = AssignChange.Of(
            request.ConversationId,
            request.ClientId,
            caller.Actor,
            target.Value.Operator,
            target.Value.Team,
            request.ExpectedSeq,
            MayTakeFromAnyone(caller)
        );
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    public async Task<Outcome<SendResult>> TransferAsync(
        Caller caller,
        TransferConversation request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var text = TextRules.TransferText(request.Text);
        if (text.Error is { } error)
            return error;
        if (request.OperatorId is null && request.TeamId is null)
            return ErrorCode.Invalid;
        var target = await TargetAsync(caller, request.ConversationId, request.OperatorId, request.TeamId, connection, cancellation);
        if (target.IsRefused)
            return target.Refusal;
        var change = AssignChange.Of(
            request.ConversationId,
            request.ClientId,
            caller.Actor,
            target.Value.Operator,
            target.Value.Team,
            request.ExpectedSeq,
            MayTakeFromAnyone(caller),
            text.Value
        );
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    public async Task<Outcome<SendResult>> SetStatusAsync(
        Caller caller,
        SetStatus request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var snooze = request.Status == ConversationStatus.Snoozed;
        if (snooze != request.SnoozeUntil is not null || request.SnoozeUntil <= now || request.SnoozeUntil > now.AddDays(Limits.SnoozeDays))
            return ErrorCode.Invalid;
        var change = SetStatusChange.Of(
            request.ConversationId,
            request.ClientId,
            caller.Actor,
            request.Status,
            request.SnoozeUntil,
            request.ExpectedSeq,
            MayTakeFromAnyone(caller)
        );
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    public async Task<Outcome<SendResult>> TagAsync(
        Caller caller,
        TagConversation request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var add = Tags(request.Add);
        var remove = Tags(request.Remove);
        if (add.IsRefused || remove.IsRefused)
            return ErrorCode.Invalid;
        var change = TagChange.Of(request.ConversationId, request.ClientId, caller.Actor, add.Value, remove.Value);
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    private async Task<Outcome<SendResult>> ChangeAsync(
        Caller caller,
        ConversationChange change,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        if (change.ClientId == Guid.Empty || change.ExpectedSeq is < 0)
            return ErrorCode.Invalid;
        var owner = await access.FindAsync(caller, change.ConversationId, connection, cancellation);
        if (owner.IsRefused)
            return owner.Refusal;
        return await answers.OfAsync(caller, change.ConversationId, lanes.ChangeAsync(change, connection), cancellation);
    }

    private static bool MayTakeFromAnyone(Caller caller) => caller.Role >= OperatorRole.Supervisor;

    /// <summary>Whom the conversation is to be given to: a member of its inbox, a team of its inbox, or nobody.</summary>
    private async Task<Outcome<Target>> TargetAsync(
        Caller caller,
        ConversationId id,
        OperatorId? operatorId,
        TeamId? teamId,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        if (operatorId is not null && teamId is not null)
            return ErrorCode.Invalid;
        var owner = await access.FindAsync(caller, id, connection, cancellation);
        if (owner.IsRefused)
            return owner.Refusal;
        if (operatorId is { } toOperator)
        {
            var profile = directory.FindOperator(toOperator);
            return profile is not null && directory.InboxesOf(toOperator).Contains(owner.Value.InboxId)
                ? new Target(profile.Face, null)
                : ErrorCode.NotFound;
        }
        if (teamId is { } toTeam)
        {
            var team = directory.FindTeam(toTeam);
            return team is not null && team.Inboxes.Contains(owner.Value.InboxId) ? new Target(null, team.Face) : ErrorCode.NotFound;
        }
        return new Target(null, null);
    }

    private static Outcome<string[]> Tags(IReadOnlyList<string>? tags)
    {
        if (tags is null)
            return Array.Empty<string>();
        if (tags.Count > Limits.Tags)
            return ErrorCode.Invalid;
        var result = new string[tags.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var tag = TextRules.Tag(tags[i]);
            if (tag.Error is { } error)
                return error;
            result[i] = tag.Value;
        }
        return result.Distinct(StringComparer.Ordinal).ToArray();
    }

    private sealed record Target(OperatorFace? Operator, TeamFace? Team);
}
