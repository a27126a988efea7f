using Chat.Contracts;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Networks;

namespace Chat.Server.Visitors;

/// <summary>Sessions of visitors: anonymous, identified by the host site, or continued.</summary>
internal sealed class VisitorSessions(
    AccessTokens accessTokens,
    RefreshFamilies families,
    IdentityTokens identityTokens,
    VisitorStore visitors,
    VisitorBlocks blocks,
    InboxDirectory directory,
    NetworkBudgets networks,
    UserBudgets users,
    TimeProvider time
)
{
    /// <summary>
    /// <c>unauthenticated</c> when a token that was presented is not good, <c>forbidden</c> when he is blocked. Costs no database for a new anonymous visitor,
    /// and one of their network's new sessions; others have the rate of their own calls.
    /// </summary>
    public async Task<Outcome<VisitorSession>> OpenAsync(
        Inbox inbox,
        VisitorSessionRequest request,
        CallerDevice device,
        Network? network,
        CancellationToken cancellation
    )
    {
        var presented = await ReadPresentedAsync(inbox, request, cancellation);
        if (presented is not null && !users.TakeCall(presented.Holder, out var retryAfter))
            return new Refusal(ErrorCode.RateLimited, RetryAfter: retryAfter);
        if (presented is not null && blocks.IsBlocked(new VisitorId(presented.Holder)))
            return ErrorCode.Forbidden;
        if (request.IdentityToken is not null)
            return await IdentifyAsync(inbox, request, presented, device, cancellation);
        if (request.RefreshToken is not null)
            return await ContinueAsync(inbox, presented, device, cancellation);
        if (blocks.IsBlocked(inbox.Id, device.Id))
            return ErrorCode.Forbidden;

        if (network is { } from && !networks.TryTake(NetworkBudget.Sessions, from, 1, out retryAfter))
        {
            NetworkBudgets.Refused(NetworkBudget.Sessions);
            return new Refusal(ErrorCode.RateLimited, RetryAfter: retryAfter);
        }
        var visitor = new VisitorId(Guid.CreateVersion7(time.GetUtcNow()));
        return Issue(visitor, inbox, null, families.Start(RefreshKind.Visitor, visitor.Value, inbox.Id.Value, request.DeviceId), device);
    }

    /// <summary>Ends the device's session. What is not a token of ours is nothing to end.</summary>
    public async Task<Outcome<Done>> EndAsync(string refreshToken, CancellationToken cancellation)
    {
        if (families.Read(RefreshKind.Visitor, refreshToken) is not { } token)
            return default(Done);
        if (!users.TakeCall(token.Holder, out var retryAfter))
            return new Refusal(ErrorCode.RateLimited, RetryAfter: retryAfter);
        await families.RevokeAsync(token, cancellation);
        return default(Done);
    }

    private async Task<Outcome<VisitorSession>> ContinueAsync(
        Inbox inbox,
        RefreshToken? presented,
        CallerDevice device,
        CancellationToken cancellation
    )
    {
        if (presented is null || !await families.UseAsync(presented, cancellation))
            return ErrorCode.Unauthenticated;
        var visitor = new VisitorId(presented.Holder);
        var known = await visitors.FindAsync(visitor, cancellation);
        if (known is not null)
            await visitors.SeenAsync(known, device, cancellation);
        return Issue(visitor, inbox, known?.Name, families.Continue(presented), device);
    }

    // The host site's word counts; the refresh token only shows which conversations are this device's, and may be of no use any more.
    private async Task<Outcome<VisitorSession>> IdentifyAsync(
        Inbox inbox,
        VisitorSessionRequest request,
        RefreshToken? presented,
        CallerDevice device,
        CancellationToken cancellation
    )
    {
        var checkedToken = await identityTokens.ValidateAsync(inbox, request.IdentityToken!, cancellation);
        if (checkedToken.IsRefused)
            return checkedToken.As<VisitorSession>();
        var identity = checkedToken.Value;
        var visitor = await visitors.IdentifyAsync(inbox.Id, identity, presented, cancellation);
        if (blocks.IsBlocked(visitor))
            return ErrorCode.Forbidden;
        if (!users.TakeCall(visitor.Value, out var retryAfter))
            return new Refusal(ErrorCode.RateLimited, RetryAfter: retryAfter);
        if (await visitors.FindAsync(visitor, cancellation) is { } known)
            await visitors.SeenAsync(known, device, cancellation);
        var isSame = presented is not null && presented.Holder == visitor.Value && await families.UseAsync(presented, cancellation);
        var refreshToken = isSame
            ? families.Continue(presented! with { IdentityKey = identity.Key })
            : families.Start(RefreshKind.Visitor, visitor.Value, inbox.Id.Value, request.DeviceId, identity.Key);
        return Issue(visitor, inbox, identity.Name, refreshToken, device);
    }

    // A token is good only for the inbox and on the device that it was made for, and while the key is there that vouched for its holder.
    private async Task<RefreshToken?> ReadPresentedAsync(Inbox inbox, VisitorSessionRequest request, CancellationToken cancellation)
    {
        if (families.Read(RefreshKind.Visitor, request.RefreshToken) is not { } token)
            return null;
        if (token.Scope != inbox.Id.Value || token.Device != request.DeviceId)
            return null;
        if (token.IdentityKey == Guid.Empty || inbox.IdentityKeys.Contains(token.IdentityKey))
            return token;
        // The key may be newer than what this node has read.
        await directory.RefreshIfOlderAsync(TimeSpan.Zero, cancellation);
        return directory.Find(inbox.Id)?.IdentityKeys.Contains(token.IdentityKey) is true ? token : null;
    }

    private VisitorSession Issue(VisitorId visitor, Inbox inbox, string? name, string refreshToken, CallerDevice device)
    {
        var token = families.Read(RefreshKind.Visitor, refreshToken)!;
        Guid? identityKey = token.IdentityKey == Guid.Empty ? null : token.IdentityKey;
        var access = accessTokens.ForVisitor(visitor, inbox.Id, name, token.Family, device, identityKey);
        return new VisitorSession(access.Text, access.ExpiresAt, visitor, refreshToken);
    }
}
