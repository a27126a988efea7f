using Chat.Contracts;
using Chat.Server.Devices;
using Chat.Server.Identity;
using Chat.Server.Inboxes;

namespace Chat.Server.Visitors;

/// <summary>Sessions of visitors: anonymous, identified by the host site, or continued.</summary>
internal sealed class VisitorSessions(
    AccessTokens accessTokens,
    RefreshFamilies families,
    IdentityTokens identityTokens,
    VisitorStore visitors,
    DeviceStore devices,
    VisitorBlocks blocks,
    SessionEnds ends,
    TimeProvider time
)
{
    /// <summary>
    /// <c>unauthenticated</c> when a token that was presented is not good, <c>forbidden</c> when he is blocked. Costs no database for a new anonymous visitor.
    /// </summary>
    public async Task<Outcome<VisitorSession>> OpenAsync(
        Inbox inbox,
        VisitorSessionRequest request,
        CallerDevice device,
        CancellationToken cancellation
    )
    {
        var presented = ReadPresented(inbox, request);
        if (presented is not null && blocks.IsBlocked(new VisitorId(presented.Holder)))
            return ErrorCode.Forbidden;
        if (request.IdentityToken is not null)
            return await IdentifyAsync(inbox, request, presented, device, cancellation);
        if (request.RefreshToken is not null)
            return await ContinueAsync(inbox, presented, device, cancellation);
        if (blocks.IsBlocked(inbox.Id, device.Id))
            return ErrorCode.Forbidden;

        var visitor = new VisitorId(Guid.CreateVersion7(time.GetUtcNow()));
        return Issue(visitor, inbox, null, Start(visitor, inbox, request.DeviceId), device);
    }

    /// <summary>Ends the device's session. What is not a token of ours is nothing to end.</summary>
    public async Task EndAsync(string refreshToken, CancellationToken cancellation)
    {
        if (families.Read(RefreshKind.Visitor, refreshToken) is not { } token)
            return;
        await families.RevokeAsync(token, cancellation);
        await devices.RemoveAsync(new VisitorId(token.Holder), token.Device, cancellation);
        ends.End(token.Family);
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
        if (await identityTokens.ValidateAsync(inbox, request.IdentityToken!, cancellation) is not { } identity)
            return ErrorCode.Unauthenticated;
        var visitor = await visitors.IdentifyAsync(inbox.Id, identity, presented, cancellation);
        if (blocks.IsBlocked(visitor))
            return ErrorCode.Forbidden;
        if (await visitors.FindAsync(visitor, cancellation) is { } known)
            await visitors.SeenAsync(known, device, cancellation);
        var isSame = presented is not null && presented.Holder == visitor.Value && await families.UseAsync(presented, cancellation);
        var refreshToken = isSame ? families.Continue(presented!) : Start(visitor, inbox, request.DeviceId);
        return Issue(visitor, inbox, identity.Name, refreshToken, device);
    }

    // A token is good only for the inbox and on the device that it was made for.
    private RefreshToken? ReadPresented(Inbox inbox, VisitorSessionRequest request) =>
        families.Read(RefreshKind.Visitor, request.RefreshToken) is { } token
        && token.Scope == inbox.Id.Value
        && token.Device == request.DeviceId
            ? token
            : null;

    private string Start(VisitorId visitor, Inbox inbox, Guid device) =>
        families.Start(RefreshKind.Visitor, visitor.Value, inbox.Id.Value, device);

    private VisitorSession Issue(VisitorId visitor, Inbox inbox, string? name, string refreshToken, CallerDevice device)
    {
        var session = families.Read(RefreshKind.Visitor, refreshToken)!.Family;
        var access = accessTokens.ForVisitor(visitor, inbox.Id, name, session, device);
        return new VisitorSession(access.Text, access.ExpiresAt, visitor, refreshToken);
    }
}
