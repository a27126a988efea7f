using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;

namespace Chat.Server.Operators;

/// <summary>An operator's session with the refresh token for his cookie.</summary>
internal sealed record OpenedOperatorSession(OperatorProfile Profile, OperatorSession Session, string? RefreshToken);

/// <summary>Sessions of operators, however they signed in.</summary>
internal sealed class OperatorSessions(AccessTokens accessTokens, RefreshFamilies families, OperatorStore operators, TimeProvider time)
{
    /// <summary>After a sign-in. A generated password must be changed first: until then there is no token.</summary>
    public OpenedOperatorSession Open(SignIn signIn)
    {
        var account = signIn.Account!;
        if (signIn.MustChange)
            return new(
                account.Profile,
                new OperatorSession("", time.GetUtcNow(), account.Profile.Face, account.Role, MustChangePassword: true),
                null
            );
        return Issue(account, families.Start(RefreshKind.Operator, account.Id, account.SecurityStamp, Guid.Empty));
    }

    /// <summary>Null when the cookie is not good any more, or the account is disabled, has changed or is gone.</summary>
    public async Task<OpenedOperatorSession?> ContinueAsync(string? refreshToken, CancellationToken cancellation)
    {
        if (families.Read(RefreshKind.Operator, refreshToken) is not { } token)
            return null;
        if (await operators.FindAsync(new OperatorId(token.Holder), cancellation) is not { Disabled: false } account)
            return null;
        if (account.SecurityStamp != token.Scope || !await families.UseAsync(token, cancellation))
            return null;
        return Issue(account, families.Continue(token));
    }

    public async Task EndAsync(string? refreshToken, CancellationToken cancellation)
    {
        if (families.Read(RefreshKind.Operator, refreshToken) is { } token)
            await families.RevokeAsync(token, cancellation);
    }

    private OpenedOperatorSession Issue(OperatorAccount account, string refreshToken)
    {
        var access = accessTokens.ForOperator(account.Profile, families.Read(RefreshKind.Operator, refreshToken)!.Family);
        return new(
            account.Profile,
            new OperatorSession(access.Text, access.ExpiresAt, account.Profile.Face, account.Role, MustChangePassword: false),
            refreshToken
        );
    }
}
