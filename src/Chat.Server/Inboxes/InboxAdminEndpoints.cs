using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Messages;

namespace Chat.Server.Inboxes;

/// <summary>Inboxes and their members, for admins.</summary>
internal static class InboxAdminEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapAdmin("/admin/inboxes");
        group
            .MapGet("", ListAsync)
            .Produces<InboxSettingsList>()
            .Polled()
            .Describe("ListInboxSettings", "All inboxes with their settings.");
        group
            .MapGet("/{id:guid}", FindAsync)
            .Produces<InboxSettings>()
            .Refuses(ErrorCode.NotFound)
            .Describe("GetInboxSettings", "An inbox with its settings.");
        group
            .MapPost("", AddAsync)
            .Creates<InboxSettings>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.Conflict)
            .Describe("AddInbox", "Adds an inbox.", "conflict: there is one with this key already.");
        group
            .MapPatch("/{id:guid}", ChangeAsync)
            .Produces<InboxSettings>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound)
            .Describe("ChangeInbox", "Changes settings of an inbox; what is absent stays.");
        group
            .MapPut("/{id:guid}/members/{operatorId:guid}", AddMemberAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.NotFound)
            .Describe("AddMember", "Makes an operator a member of the inbox.");
        group
            .MapDelete("/{id:guid}/members/{operatorId:guid}", RemoveMemberAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.NotFound)
            .Describe("RemoveMember", "Ends an operator's membership, and their connections.");
    }

    // From the database and not from this node's directory: what another node has stored a moment ago is there.
    private static async Task<IResult> ListAsync(InboxStore inboxes, IInboxDirectory directory, CancellationToken cancellation) =>
        ApiResult.Polled(new InboxSettingsList([.. (await inboxes.ListAsync(cancellation)).Select(inbox => Settings(inbox, directory))]));

    private static async Task<IResult> FindAsync(Guid id, InboxStore inboxes, IInboxDirectory directory, CancellationToken cancellation) =>
        await inboxes.FindAsync(new InboxId(id), cancellation) is { } inbox
            ? ApiResult.Ok(Settings(inbox, directory))
            : Problems.Problem(ErrorCode.NotFound);

    private static async Task<IResult> AddAsync(
        InboxDraft body,
        InboxStore inboxes,
        IInboxDirectory directory,
        DirectoryChanges changes,
        TimeProvider time
    )
    {
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.CreateVersion7(time.GetUtcNow())),
            Key = body.Key ?? InboxRules.NewKey(),
            Name = TextRules.NameOrEmpty(body.Name),
            Origins = InboxRules.Normalize(body.Origins ?? []),
            AllowNativeApps = body.AllowNativeApps,
            AllowPreview = body.AllowPreview,
        };
        if (body.ReopenDays is { } days)
            inbox = inbox with { ReopenDays = days };
        if (body.OpenConversations is { } conversations)
            inbox = inbox with { OpenConversations = conversations };
        inbox = inbox with { Setup = inbox.Setup.With(body.Appearance, body.QueuePosition, body.Form, body.Hours, body.OfflineText) };
        if (InboxRules.FindFault(inbox) is { } fault)
            return Problems.Problem(fault);
        if (!await inboxes.AddAsync(inbox, CancellationToken.None))
            return Problems.Problem(ErrorCode.Conflict, "There is an inbox with this key already.");
        await changes.AnnounceAsync();
        return ApiResult.Created($"admin/inboxes/{inbox.Id}", Settings(inbox, directory));
    }

    private static async Task<IResult> ChangeAsync(
        Guid id,
        InboxPatch body,
        InboxStore inboxes,
        IInboxDirectory directory,
        DirectoryChanges changes
    )
    {
        if (await inboxes.ChangeAsync(new InboxId(id), inbox => Change(inbox, body), CancellationToken.None) is not { } changed)
            return Problems.Problem(ErrorCode.NotFound);
        if (changed.IsRefused)
            return ApiResult.Of(changed.As<InboxSettings>());
        await changes.AnnounceAsync();
        return ApiResult.Ok(Settings(changed.Value, directory));
    }

    private static Outcome<Inbox> Change(Inbox inbox, InboxPatch body)
    {
        var clear = body.Clear ?? [];
        if (!clear.All(InboxSetup.CanClear))
            return Refusal.Of("clear", FieldFault.Unknown, "clear may name form, hours and offlineText.");
        inbox = inbox with
        {
            Name = body.Name is null ? inbox.Name : TextRules.NameOrEmpty(body.Name),
            Origins = body.Origins is null ? inbox.Origins : InboxRules.Normalize(body.Origins),
            AllowNativeApps = body.AllowNativeApps ?? inbox.AllowNativeApps,
            AllowPreview = body.AllowPreview ?? inbox.AllowPreview,
            ReopenDays = body.ReopenDays ?? inbox.ReopenDays,
            OpenConversations = body.OpenConversations ?? inbox.OpenConversations,
            Setup = inbox.Setup.Without(clear).With(body.Appearance, body.QueuePosition, body.Form, body.Hours, body.OfflineText),
        };
        return InboxRules.FindFault(inbox) is { } fault ? fault : inbox;
    }

    private static async Task<IResult> AddMemberAsync(
        Guid id,
        Guid operatorId,
        InboxStore inboxes,
        Operators.OperatorStore operators,
        DirectoryChanges changes
    )
    {
        var member = new OperatorId(operatorId);
        if (
            await inboxes.FindAsync(new InboxId(id), CancellationToken.None) is null
            || await operators.FindAsync(member, CancellationToken.None) is null
        )
            return Problems.Problem(ErrorCode.NotFound);
        await inboxes.AddMemberAsync(new InboxId(id), member, CancellationToken.None);
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveMemberAsync(Guid id, Guid operatorId, InboxStore inboxes, DirectoryChanges changes)
    {
        if (await inboxes.FindAsync(new InboxId(id), CancellationToken.None) is null)
            return Problems.Problem(ErrorCode.NotFound);
        await inboxes.RemoveMemberAsync(new InboxId(id), new OperatorId(operatorId), CancellationToken.None);
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    private static InboxSettings Settings(Inbox inbox, IInboxDirectory directory) =>
        new(
            inbox.Id,
            inbox.Key,
            inbox.Name,
            inbox.Origins,
            inbox.AllowNativeApps,
            inbox.AllowPreview,
            inbox.ReopenDays,
            inbox.OpenConversations,
            [.. directory.MembersOf(inbox.Id).Select(member => member.Id).OrderBy(member => member.Value)],
            inbox.Setup.Appearance,
            inbox.Setup.QueuePosition,
            inbox.Setup.Form,
            inbox.Setup.Hours,
            inbox.Setup.OfflineText
        );
}
