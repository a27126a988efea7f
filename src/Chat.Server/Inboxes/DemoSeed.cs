using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Operators;

namespace Chat.Server.Inboxes;

/// <summary>What the embedded default prints once.</summary>
internal sealed record DemoAccount(string InboxKey, string Email, string Password);

/// <summary>Gives an empty database something to try: an inbox and an operator. Their password is random, so it need not be changed first.</summary>
internal sealed class DemoSeed(
    InboxStore inboxes,
    OperatorStore operators,
    Passwords passwords,
    InboxDirectory directory,
    TimeProvider time
)
{
    public const string InboxKey = "demo";
    public const string Email = "admin@localhost";

    /// <summary>Null when the database is not empty.</summary>
    public async Task<DemoAccount?> SeedAsync(CancellationToken cancellation)
    {
        if ((await inboxes.ListAsync(cancellation)).Count > 0 || (await operators.ListAsync(cancellation)).Count > 0)
            return null;
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.CreateVersion7(time.GetUtcNow())),
            Key = InboxKey,
            Name = "Demo",
            AllowNativeApps = true,
        };
        var password = Passwords.Generate();
        var added = new NewOperator(Email, "Admin", OperatorRole.Admin, passwords.Hash(password), MustChange: false);
        if (!await inboxes.AddAsync(inbox, cancellation) || await operators.AddAsync(added, cancellation) is not { } admin)
            return null;
        await inboxes.AddMemberAsync(inbox.Id, admin, cancellation);
        await directory.RefreshAsync(cancellation);
        return new DemoAccount(InboxKey, Email, password);
    }
}
