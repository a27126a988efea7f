using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Operators;

/// <summary>Operators' accounts and the key of access tokens, for admins.</summary>
internal static class OperatorAdminEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapAdmin("/admin");
        group
            .MapGet("/operators", ListAsync)
            .Produces<OperatorSettingsList>()
            .Polled()
            .Describe("ListOperatorSettings", "All operators, disabled ones too.");
        group
            .MapGet("/operators/{id:guid}", FindAsync)
            .Produces<OperatorSettings>()
            .Refuses(ErrorCode.NotFound)
            .Describe("GetOperatorSettings", "An operator's account.");
        group
            .MapPost("/operators", AddAsync)
            .Creates<AddedOperator>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe(
                "AddOperator",
                "Adds an operator with a generated password.",
                "The password is given only in this answer and must be changed at the first sign-in. conflict: the e-mail is taken."
            );
        group
            .MapPatch("/operators/{id:guid}", ChangeAsync)
            .Produces<OperatorSettings>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe(
                "ChangeOperator",
                "Changes an operator's name, picture or role, or disables or enables the account. A new role and disabling end the operator's sessions.",
                "conflict: an admin cannot change their own role or disable their own account, so that one always remains."
            );
        group
            .MapPost("/operators/{id:guid}/password", ResetPasswordAsync)
            .Produces<AddedOperator>()
            .Refuses(ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe(
                "ResetPassword",
                "Gives an operator a new generated password; their sessions end.",
                "It is given only in this answer and must be changed at the next sign-in. conflict: one's own is changed by signing in."
            );
        group
            .MapPost("/signing-keys", RotateAsync)
            .Produces<SigningKey>(StatusCodes.Status201Created)
            .Describe(
                "RotateSigningKey",
                "Makes a new key for access tokens.",
                "The old one verifies until the last token that it signed has ended."
            );
    }

    private static async Task<IResult> ListAsync(OperatorStore operators, CancellationToken cancellation)
    {
        var inboxes = (await operators.ListMembershipsAsync(cancellation)).ToLookup(row => row.Operator, row => row.Inbox);
        var accounts = await operators.ListAsync(cancellation);
        return ApiResult.Polled(new OperatorSettingsList([.. accounts.Select(account => Settings(account, inboxes[account.OperatorId]))]));
    }

    private static async Task<IResult> FindAsync(Guid id, OperatorStore operators, CancellationToken cancellation)
    {
        if (await operators.FindAsync(new OperatorId(id), cancellation) is not { } account)
            return Problems.Problem(ErrorCode.NotFound);
        var inboxes = await operators.ListMembershipsAsync(cancellation);
        return ApiResult.Ok(Settings(account, inboxes.Where(row => row.Operator == account.OperatorId).Select(row => row.Inbox)));
    }

    private static async Task<IResult> AddAsync(
        OperatorDraft body,
        OperatorStore operators,
        InboxStore inboxes,
        Passwords passwords,
        DirectoryChanges changes
    )
    {
        var (email, name) = (body.Email.Trim(), TextRules.NameOrEmpty(body.Name));
        if (OperatorRules.FindFault(email, name) is { } fault)
            return Problems.Problem(fault);
        var wanted = (body.Inboxes ?? []).ToHashSet();
        var known = (await inboxes.ListAsync(CancellationToken.None)).Select(inbox => inbox.Id);
        if (!wanted.IsSubsetOf(known))
            return Problems.Problem(ErrorCode.NotFound, "There is no such inbox.");
        var password = Passwords.Generate();
        var added = new NewOperator(email, name, body.Role, passwords.Hash(password), MustChange: true);
        if (await operators.AddAsync(added, CancellationToken.None) is not { } id)
            return Problems.Problem(ErrorCode.Conflict, "There is an operator with this e-mail already.");
        foreach (var inbox in wanted)
            await inboxes.AddMemberAsync(inbox, id, CancellationToken.None);
        await changes.AnnounceAsync();
        var account = (await operators.FindAsync(id, CancellationToken.None))!;
        return ApiResult.Created($"admin/operators/{id}", new AddedOperator(Settings(account, wanted), password), isSecret: true);
    }

    private static async Task<IResult> ChangeAsync(
        Guid id,
        OperatorPatch body,
        HttpContext context,
        OperatorStore operators,
        DirectoryChanges changes
    )
    {
        var (target, admin) = (new OperatorId(id), context.Caller().OperatorId);
        if (target == admin && (body.Role is not null || body.Disabled is not null))
            return Problems.Problem(ErrorCode.Conflict, "An admin cannot change the role and state of their own account; another one can.");
        var name = body.Name is null ? null : TextRules.NameOrEmpty(body.Name);
        if (name is { Length: 0 })
            return Problems.Problem(OperatorRules.NameFault);
        if (body.Avatar is { Length: > 0 } picture && !SetupRules.IsPicture(picture))
            return Problems.Problem(Refusal.Of("avatar", FieldFault.Malformed, "avatar must be an https address."));
        var change = new AccountChange(name, body.Avatar, body.Role, body.Disabled);
        var changed = await operators.ChangeAsync(target, admin, change, CancellationToken.None);
        if (changed.IsRefused)
            return Problems.Problem(changed.Refusal);
        await changes.AnnounceAsync();
        var inboxes = await operators.ListMembershipsAsync(CancellationToken.None);
        return ApiResult.Ok(Settings(changed.Value, inboxes.Where(row => row.Operator == target).Select(row => row.Inbox)));
    }

    private static async Task<IResult> ResetPasswordAsync(
        Guid id,
        HttpContext context,
        OperatorStore operators,
        Passwords passwords,
        DirectoryChanges changes
    )
    {
        var target = new OperatorId(id);
        if (target == context.Caller().OperatorId)
            return Problems.Problem(ErrorCode.Conflict, "One's own password is changed by signing in.");
        var password = Passwords.Generate();
        if (!await operators.ResetPasswordAsync(target, passwords.Hash(password), CancellationToken.None))
            return Problems.Problem(ErrorCode.NotFound);
        await changes.AnnounceAsync();
        var inboxes = await operators.ListMembershipsAsync(CancellationToken.None);
        var account = (await operators.FindAsync(target, CancellationToken.None))!;
        var settings = Settings(account, inboxes.Where(row => row.Operator == target).Select(row => row.Inbox));
        return ApiResult.Secret(new AddedOperator(settings, password));
    }

    private static async Task<IResult> RotateAsync(SigningKeys keys) =>
        ApiResult.Created(null, new SigningKey(await keys.RotateAsync(CancellationToken.None)));

    private static OperatorSettings Settings(OperatorAccount account, IEnumerable<InboxId> inboxes) =>
        new(
            account.OperatorId,
            account.Email,
            account.Name,
            account.Role,
            account.Disabled,
            [.. inboxes.OrderBy(inbox => inbox.Value)],
            account.Avatar
        );
}
