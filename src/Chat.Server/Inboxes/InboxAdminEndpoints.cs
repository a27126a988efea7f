using System.Text;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Inboxes;

/// <summary>Inboxes, their members and their host sites' keys, for admins.</summary>
internal static class InboxAdminEndpoints
{
    private const int MaxKidLength = 255;

    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapAdmin("/admin/inboxes");
        group.MapGet("", ListAsync).Produces<InboxSettingsList>().Describe("ListInboxSettings", "All inboxes with their settings.");
        group
            .MapPost("", AddAsync)
            .Produces<InboxSettings>(StatusCodes.Status201Created)
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
            .Describe("RemoveMember", "Ends an operator's membership, and his connections.");
        group
            .MapPut("/{id:guid}/identity-keys/{kid}", AddKeyAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe(
                "AddIdentityKey",
                "Adds a key with which the host site signs who its visitors are.",
                "A name never changes its key (conflict): to rotate, add another name, let the host site use it, and remove the old one."
            );
        group
            .MapDelete("/{id:guid}/identity-keys/{kid}", RemoveKeyAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.NotFound)
            .Describe("RemoveIdentityKey", "Removes a host site's key: what it signed is not accepted any more.");
    }

    // From the database and not from this node's directory: what another node has stored a moment ago is there.
    private static async Task<IResult> ListAsync(InboxStore inboxes, IInboxDirectory directory, CancellationToken cancellation) =>
        Results.Ok(new InboxSettingsList([.. (await inboxes.ListAsync(cancellation)).Select(inbox => Settings(inbox, directory))]));

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
            Name = body.Name.Trim(),
            Origins = InboxRules.Normalize(body.Origins ?? []),
            AllowNativeApps = body.AllowNativeApps,
            AllowPreview = body.AllowPreview,
        };
        if (body.ReopenDays is { } days)
            inbox = inbox with { ReopenDays = days };
        if (InboxRules.FindFault(inbox) is { } fault)
            return Problems.Problem(ErrorCode.Invalid, fault);
        if (!await inboxes.AddAsync(inbox, CancellationToken.None))
            return Problems.Problem(ErrorCode.Conflict, "There is an inbox with this key already.");
        await changes.AnnounceAsync();
        return Results.Json(Settings(inbox, directory), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(
        Guid id,
        InboxPatch body,
        InboxStore inboxes,
        IInboxDirectory directory,
        DirectoryChanges changes
    )
    {
        if (await FindAsync(inboxes, id) is not { } inbox)
            return Problems.Problem(ErrorCode.NotFound);
        inbox = inbox with
        {
            Name = body.Name?.Trim() ?? inbox.Name,
            Origins = body.Origins is null ? inbox.Origins : InboxRules.Normalize(body.Origins),
            AllowNativeApps = body.AllowNativeApps ?? inbox.AllowNativeApps,
            AllowPreview = body.AllowPreview ?? inbox.AllowPreview,
            ReopenDays = body.ReopenDays ?? inbox.ReopenDays,
        };
        if (InboxRules.FindFault(inbox) is { } fault)
            return Problems.Problem(ErrorCode.Invalid, fault);
        if (!await inboxes.UpdateAsync(inbox, CancellationToken.None))
            return Problems.Problem(ErrorCode.NotFound);
        await changes.AnnounceAsync();
        return Results.Ok(Settings(inbox, directory));
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
        if (await FindAsync(inboxes, id) is null || await operators.FindAsync(member, CancellationToken.None) is null)
            return Problems.Problem(ErrorCode.NotFound);
        await inboxes.AddMemberAsync(new InboxId(id), member, CancellationToken.None);
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveMemberAsync(Guid id, Guid operatorId, InboxStore inboxes, DirectoryChanges changes)
    {
        if (await FindAsync(inboxes, id) is null)
            return Problems.Problem(ErrorCode.NotFound);
        await inboxes.RemoveMemberAsync(new InboxId(id), new OperatorId(operatorId), CancellationToken.None);
        await changes.AnnounceAsync();
        return Results.NoContent();
    }

    private static async Task<IResult> AddKeyAsync(Guid id, string kid, IdentityKey body, InboxStore inboxes, KeyStore keys)
    {
        var material = Encoding.UTF8.GetBytes(body.Secret);
        var fault =
            kid.Length > MaxKidLength
                ? $"kid must have 1 to {MaxKidLength} characters."
                : IdentityTokens.FindFault(body.Algorithm, material);
        if (fault is not null)
            return Problems.Problem(ErrorCode.Invalid, fault);
        if (await FindAsync(inboxes, id) is null)
            return Problems.Problem(ErrorCode.NotFound);
        var key = new InboxKey(new InboxId(id), kid, body.Algorithm, material);
        return await keys.AddInboxKeyAsync(key, CancellationToken.None)
            ? Results.NoContent()
            : Problems.Problem(ErrorCode.Conflict, "The inbox has a key of this name already.");
    }

    private static async Task<IResult> RemoveKeyAsync(Guid id, string kid, KeyStore keys) =>
        await keys.RemoveInboxKeyAsync(new InboxId(id), kid, CancellationToken.None) > 0
            ? Results.NoContent()
            : Problems.Problem(ErrorCode.NotFound);

    private static async Task<Inbox?> FindAsync(InboxStore inboxes, Guid id) =>
        (await inboxes.ListAsync(CancellationToken.None)).FirstOrDefault(inbox => inbox.Id.Value == id);

    private static InboxSettings Settings(Inbox inbox, IInboxDirectory directory) =>
        new(
            inbox.Id,
            inbox.Key,
            inbox.Name,
            inbox.Origins,
            inbox.AllowNativeApps,
            inbox.AllowPreview,
            inbox.ReopenDays,
            [.. directory.MembersOf(inbox.Id).Select(member => member.Id).OrderBy(member => member.Value)],
            new InboxAppearance(),
            QueuePosition: true
        );
}
